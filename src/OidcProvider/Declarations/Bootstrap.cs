using System.ComponentModel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OidcProvider.Clients;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Users;

namespace OidcProvider.Declarations;

internal sealed class BootstrapOptions
{
    public const string Section = "Bootstrap";

    [Description("JSON file with scopes, clients, users and webhooks that is applied at every start. Applying it again changes nothing.")]
    public string? File { get; set; }

    [Description("Where the demo of the first start in Development is written. Not used when File is set.")]
    public string DemoFile { get; set; } = "data/demo.json";
}

/// <summary>What happens to accounts that exist already. Their passwords stay in any case.</summary>
internal enum ExistingUsers
{
    Keep,
    Update,
}

/// <summary>How a file is applied: what happens to accounts that exist, whether what it does not name goes, and who does it.</summary>
internal sealed record ApplyOptions(ExistingUsers Existing, bool Prune = false, Editor? By = null, IProgress<double>? Progress = null)
{
    public Editor Editor => By ?? Bootstrap.Actor;

    /// <summary>
    /// Whether a thing is to be off. What a file does not say is on; but at the start nobody has seen a plan, and what was switched off meanwhile
    /// stays off unless the file itself says <c>"disabled": false</c>.
    /// </summary>
    /// <param name="declared">What the file says.</param>
    /// <param name="now">Whether it is off now.</param>
    public bool Off(bool? declared, bool now) => declared ?? (By is null && now);
}

/// <summary>
/// Applies a bootstrap file: all of it or, when anything is wrong, nothing. Scopes and clients become what the file says;
/// users are made, and existing ones get its claims and roles but never its password, which they may have changed.
/// </summary>
internal sealed class Bootstrap(AppDbContext database, ScopeRegistry scopes, ClientRegistry clients, UserDeclaration users, WebhookDeclaration webhooks, IServiceProvider services)
{
    public const string Actor = "bootstrap";

    private string? Setting => services.GetRequiredService<IOptions<BootstrapOptions>>().Value.File;

    public Task<IReadOnlyList<Problem>> ApplySettingAsync(CancellationToken cancellation = default) =>
        string.IsNullOrWhiteSpace(Setting) ? Task.FromResult<IReadOnlyList<Problem>>([]) : ApplyAsync(Setting, ExistingUsers.Update, cancellation);

    public async Task<IReadOnlyList<Problem>> ApplyAsync(string path, ExistingUsers existing, CancellationToken cancellation = default)
    {
        var read = BootstrapFile.Read(path);
        return read.Succeeded ? await ApplyAsync(read.Value, existing, cancellation) : read.Problems;
    }

    public Task<IReadOnlyList<Problem>> ApplyAsync(BootstrapFile file, ExistingUsers existing, CancellationToken cancellation = default) =>
        ApplyAsync(file, new ApplyOptions(existing), cancellation);

    public async Task<IReadOnlyList<Problem>> ApplyAsync(BootstrapFile file, ApplyOptions how, CancellationToken cancellation)
    {
        const int Attempts = 5;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryApplyAsync(file, how, cancellation);
            }
            catch (DbUpdateException) when (attempt < Attempts)
            {
                // Another node applies the same file; what it wrote is found in the next round.
                database.ChangeTracker.Clear();
            }
        }
    }

    private async Task<IReadOnlyList<Problem>> TryApplyAsync(BootstrapFile file, ApplyOptions how, CancellationToken cancellation)
    {
        var problems = await CheckAsync(file, cancellation);
        if (problems.Count > 0)
        {
            return problems;
        }

        var editor = how.Editor;
        var (done, all) = (0, (double)Math.Max(1, file.Scopes.Count + file.Clients.Count + file.Users.Count + (file.Webhooks?.Count ?? 0)));
        void Advance() => how.Progress?.Report(++done / all);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellation);
        for (var i = 0; i < file.Scopes.Count; i++)
        {
            Collect(problems, $"scopes[{i}]", await scopes.ApplyAsync(file.Scopes[i], editor, cancellation: cancellation));
            Advance();
        }

        for (var i = 0; i < file.Clients.Count; i++)
        {
            Collect(problems, $"clients[{i}]", await ApplyAsync(file.Clients[i], how, cancellation));
            Advance();
        }

        problems.AddRange(await users.ApplyAsync(file, how, Advance, cancellation));
        problems.AddRange(await webhooks.ApplyAsync(file, how, Advance, cancellation));
        if (problems.Count == 0 && how.Prune)
        {
            problems.AddRange(await PruneAsync(file, editor, cancellation));
        }

        if (problems.Count == 0)
        {
            await transaction.CommitAsync(cancellation);
            webhooks.Committed();
        }

        return problems;
    }

    private async Task<Result<ClientRegistration>> ApplyAsync(DeclaredClient client, ApplyOptions how, CancellationToken cancellation)
    {
        var made = await clients.FindAsync(client.ClientId!, cancellation) is null
            ? await clients.RegisterAsync(client, how.Editor, cancellation)
            : await clients.UpdateAsync(client, how.Editor, cancellation: cancellation);
        var off = made.Succeeded && how.Off(client.Disabled, made.Value.Client.Disabled);
        return !made.Succeeded || off == made.Value.Client.Disabled ? made
            : off ? await clients.DisableAsync(client.ClientId!, how.Editor, cancellation)
            : await clients.EnableAsync(client.ClientId!, how.Editor, cancellation);
    }

    private async Task<List<Problem>> PruneAsync(BootstrapFile file, Editor editor, CancellationToken cancellation)
    {
        List<Problem?> faults = [];
        foreach (var client in (await clients.ListAsync(null, 0, int.MaxValue, cancellation)).Where(client => !BuiltInClients.Contains(client.ClientId) && file.Clients.All(wanted => wanted.ClientId != client.ClientId)))
        {
            faults.Add(await clients.RemoveAsync(client.ClientId, editor, cancellation: cancellation));
        }

        foreach (var scope in (await scopes.ListAsync(cancellation)).Where(scope => file.Scopes.All(wanted => wanted.Name != scope.Name)))
        {
            faults.Add(await scopes.RemoveAsync(scope.Name, editor, cancellation: cancellation));
        }

        return [.. faults.OfType<Problem>()];
    }

    /// <summary>Everything that is wrong with a file here and now. Changes nothing.</summary>
    public async Task<List<Problem>> CheckAsync(BootstrapFile file, CancellationToken cancellation) =>
    [
        .. file.Check(services.GetRequiredService<IOptions<UsersOptions>>().Value.PasswordMinimumLength),
        .. await CheckScopesAsync(file, cancellation), .. await CheckSecretsAsync(file, cancellation), .. await webhooks.CheckAsync(file, cancellation),
    ];

    private async Task<List<Problem>> CheckScopesAsync(BootstrapFile file, CancellationToken cancellation)
    {
        List<Problem> problems = [];
        var declared = file.Scopes.Select(scope => scope.Name).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < file.Clients.Count; i++)
        {
            var others = file.Clients[i].Scopes().Where(name => !declared.Contains(name)).ToList();
            problems.AddRange(BootstrapFile.At($"clients[{i}]", await scopes.UnknownAsync(others, cancellation)));
        }

        return problems;
    }

    // A secret made here would be shown to nobody.
    private async Task<List<Problem>> CheckSecretsAsync(BootstrapFile file, CancellationToken cancellation)
    {
        List<Problem> problems = [];
        for (var i = 0; i < file.Clients.Count; i++)
        {
            var client = file.Clients[i];
            if (client.IsPublic() || client.ClientSecret is not null || client.ClientId is null)
            {
                continue;
            }

            if ((await clients.FindAsync(client.ClientId, cancellation))?.Definition.IsPublic() ?? true)
            {
                problems.Add(new(ClientRules.InvalidMetadata, "is required for a new client that authenticates (or the environment variable that it refers to is not set)", $"clients[{i}].client_secret"));
            }
        }

        return problems;
    }

    private static void Collect<T>(List<Problem> problems, string path, Result<T> result) =>
        problems.AddRange(BootstrapFile.At(path, result.Problems));
}
