using System.Runtime.CompilerServices;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Doctor;

/// <summary>
/// Looks at everything an installation depends on, as the server itself would meet it: settings first, then the database, then the rest; each
/// needs the one before. The verb <c>doctor</c>, the page and the API show the same findings.
/// </summary>
internal sealed class Checkup(IServiceProvider services)
{
    public async Task<IReadOnlyList<Finding>> LookAsync(CancellationToken cancellation)
    {
        // Nothing else can be made of wrong settings, so the rest is asked for afterwards.
        var faults = StartupChecks.Run(services);
        if (faults.Count > 0)
        {
            return [.. faults.Select(fault => Finding.Fault("settings", fault, "Correct the setting; `config check` looks again."))];
        }

        List<Finding> findings = [Finding.Ok("settings", "complete")];
        await foreach (var finding in services.GetRequiredService<DatabaseExamination>().LookAsync(cancellation))
        {
            findings.Add(finding);
        }

        if (findings.Exists(finding => finding.Health is Health.Fault))
        {
            return findings;
        }

        foreach (var other in services.GetServices<IExamination>())
        {
            await foreach (var finding in Guarded(other, cancellation))
            {
                findings.Add(finding);
            }
        }

        return findings;
    }

    // One part that cannot even be looked at must not hide the others.
    private static async IAsyncEnumerable<Finding> Guarded(IExamination examination, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var findings = examination.LookAsync(cancellation).GetAsyncEnumerator(cancellation);
        while (true)
        {
            Finding found;
            try
            {
                if (!await findings.MoveNextAsync())
                {
                    yield break;
                }

                found = findings.Current;
            }
            catch (Exception fault) when (fault is not OperationCanceledException || !cancellation.IsCancellationRequested)
            {
                found = Finding.Fault(examination.GetType().Name.Replace("Examination", "", StringComparison.Ordinal).ToLowerInvariant(), fault.Message.ReplaceLineEndings(" "), "Look for this message in the server's log.");
                cancellation = new CancellationToken(canceled: true);
            }

            yield return found;
            if (cancellation.IsCancellationRequested)
            {
                yield break;
            }
        }
    }
}
