using OidcProvider.Sessions;

namespace OidcProvider.Admin.Doctor;

/// <summary>Whether Redis, if one is named, answers to what the server itself would connect with.</summary>
internal sealed class RedisExamination(IConfiguration configuration) : IExamination
{
    public async IAsyncEnumerable<Finding> LookAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return !RedisSettings.Names(configuration) ? Finding.Ok("redis", "not used")
            : await RedisSettings.FaultAsync(configuration, cancellation) is not { } fault ? Finding.Ok("redis", "answers")
            : Finding.Fault("redis", $"does not answer ({fault})", "Start Redis and check ConnectionStrings:Redis, its password and TLS too; or take it away: the server works without it.");
    }
}
