using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace OidcProvider.ApiKeys;

/// <summary>Who makes API keys and how long they live.</summary>
internal sealed class ApiKeysOptions : IValidatableObject
{
    public const string Section = "ApiKeys";

    [Description("Whether users may make API keys for themselves, at /account/api-keys. Administrators may always.")]
    public bool AllowForUsers { get; set; }

    [Description("How long a key lives when nobody says otherwise.")]
    public TimeSpan DefaultLifetime { get; set; } = TimeSpan.FromDays(90);

    [Description("The longest life a key may be given. There are no keys without an end.")]
    public TimeSpan MaxLifetime { get; set; } = TimeSpan.FromDays(365);

    [Description("Longest life of an access token that a key is exchanged for. The client's own, when shorter, counts.")]
    public TimeSpan ExchangedTokenLifetime { get; set; } = TimeSpan.FromMinutes(5);

    [Description("Keys in force that one user may have."), Range(1, 10_000)]
    public int MaxPerUser { get; set; } = 50;

    [Description("Wrong keys that one address may present within GuessWindow."), Range(1, 10_000)]
    public int Guesses { get; set; } = 20;

    [Description("The window for Guesses.")]
    public TimeSpan GuessWindow { get; set; } = TimeSpan.FromMinutes(15);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, value, most) in new[]
        {
            (nameof(MaxLifetime), MaxLifetime, TimeSpan.FromDays(3650)), (nameof(DefaultLifetime), DefaultLifetime, MaxLifetime),
            (nameof(ExchangedTokenLifetime), ExchangedTokenLifetime, TimeSpan.FromHours(1)), (nameof(GuessWindow), GuessWindow, TimeSpan.FromDays(1)),
        })
        {
            if (value <= TimeSpan.Zero || value > most)
            {
                yield return new ValidationResult($"{name}: '{value}' is not between 00:00:01 and {most}", [name]);
            }
        }
    }
}
