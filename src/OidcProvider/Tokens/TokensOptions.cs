using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using OidcProvider.Jobs;

namespace OidcProvider.Tokens;

/// <summary>Lifetimes and algorithms of what is issued. The section keeps the name that operators know.</summary>
internal sealed class TokensOptions : IValidatableObject
{
    public const string Section = "Protocol";

    private static readonly string[] Algorithms = ["RS256", "PS256", "ES256"];

    [Description("Life of an authorization code (RFC 6749 §4.1.2).")]
    public TimeSpan AuthorizationCodeLifetime { get; set; } = TimeSpan.FromSeconds(60);

    [Description("Life of an access token, unless the client has its own.")]
    public TimeSpan AccessTokenLifetime { get; set; } = TimeSpan.FromMinutes(15);

    [Description("A refresh token that is not used for this long expires; each use begins a new one.")]
    public TimeSpan RefreshTokenLifetime { get; set; } = TimeSpan.FromDays(7);

    [Description("No refresh token lives longer than this after the sign-in it comes from.")]
    public TimeSpan RefreshTokenAbsoluteLifetime { get; set; } = TimeSpan.FromDays(30);

    [Description("Within this time a client that lost the answer may present the previous refresh token again. 0 is strict.")]
    public TimeSpan RefreshReuseGrace { get; set; } = TimeSpan.FromSeconds(30);

    [Description("Life of a device code and its user code (RFC 8628 §3.2).")]
    public TimeSpan DeviceCodeLifetime { get; set; } = TimeSpan.FromMinutes(10);

    [Description("Life of a pushed authorization request (RFC 9126 §2.2).")]
    public TimeSpan PushedRequestLifetime { get; set; } = TimeSpan.FromSeconds(90);

    [Description("Signature of access tokens: RS256, PS256 or ES256.")]
    public string AccessTokenAlgorithm { get; set; } = "RS256";

    [Description("When expired rows are removed, as a Quartz cron expression in UTC.")]
    public string PruneSchedule { get; set; } = "0 7/15 * * * ?";

    [Description("Lets the server call loopback addresses that clients name. For development.")]
    public bool AllowLoopbackCallouts { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Algorithms.Contains(AccessTokenAlgorithm, StringComparer.Ordinal))
        {
            yield return Fault(nameof(AccessTokenAlgorithm), $"'{AccessTokenAlgorithm}' is not one of {string.Join(", ", Algorithms)}");
        }

        if (!JobsModule.IsSchedule(PruneSchedule))
        {
            yield return Fault(nameof(PruneSchedule), $"'{PruneSchedule}' is not a cron expression with seconds");
        }

        foreach (var (name, value, most) in new[]
        {
            (nameof(AuthorizationCodeLifetime), AuthorizationCodeLifetime, TimeSpan.FromMinutes(10)),
            (nameof(AccessTokenLifetime), AccessTokenLifetime, TimeSpan.FromDays(1)),
            (nameof(RefreshTokenLifetime), RefreshTokenLifetime, TimeSpan.FromDays(3650)),
            (nameof(RefreshTokenAbsoluteLifetime), RefreshTokenAbsoluteLifetime, TimeSpan.FromDays(3650)),
            (nameof(DeviceCodeLifetime), DeviceCodeLifetime, TimeSpan.FromHours(1)),
            (nameof(PushedRequestLifetime), PushedRequestLifetime, TimeSpan.FromMinutes(10)),
        })
        {
            if (value <= TimeSpan.Zero || value > most)
            {
                yield return Fault(name, $"'{value}' is not between 00:00:01 and {most}");
            }
        }

        if (RefreshReuseGrace < TimeSpan.Zero || RefreshReuseGrace > TimeSpan.FromMinutes(5))
        {
            yield return Fault(nameof(RefreshReuseGrace), $"'{RefreshReuseGrace}' is not between 0 and 00:05:00");
        }
    }

    private static ValidationResult Fault(string name, string why) => new($"{name}: {why}", [name]);
}
