using Microsoft.Extensions.Options;
using OidcProvider.Keys;

namespace OidcProvider.Admin.Doctor;

/// <summary>Whether there are keys and none is older than it should be.</summary>
internal sealed class KeysExamination(KeyDesk keys, IOptions<KeysOptions> options, TimeProvider time) : IExamination
{
    public async IAsyncEnumerable<Finding> LookAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var active = (await keys.ListAsync(cancellation)).Where(key => key.Phase is "signing" or "encrypting").ToList();
        if (active.Count == 0)
        {
            yield return Finding.Warning("keys", "there are none yet", "The first start of the server makes them.");
        }

        foreach (var key in active.Where(key => key.Use == "sig"))
        {
            var age = now - key.ActivateAt;
            yield return age > options.Value.RotateAfter + TimeSpan.FromDays(2)
                ? Finding.Warning($"key {key.Algorithm}", $"signs for {age.Days} day(s)", $"It should have been replaced; run `key rotate --algorithm {key.Algorithm}` and look for warnings of the server.")
                : Finding.Ok($"key {key.Algorithm}", $"signs for {age.Days} day(s)");
        }
    }
}
