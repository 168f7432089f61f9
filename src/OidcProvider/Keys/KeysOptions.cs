using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace OidcProvider.Keys;

/// <summary>The life of a signing key.</summary>
internal sealed class KeysOptions : IValidatableObject
{
    public const string Section = "Keys";

    [Description("A key signs for this long, then the next one takes over.")]
    public TimeSpan RotateAfter { get; set; } = TimeSpan.FromDays(90);

    [Description("The next key is published this long before it signs, so that whoever caches the JWKS knows it in time.")]
    public TimeSpan AnnounceFor { get; set; } = TimeSpan.FromDays(1);

    [Description("A key that no longer signs is published for this long, or until the longest-lived token it signed has expired if that is later.")]
    public TimeSpan RetireFor { get; set; } = TimeSpan.FromDays(1);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (AnnounceFor < TimeSpan.Zero || RetireFor < TimeSpan.Zero)
        {
            yield return new ValidationResult($"AnnounceFor: '{AnnounceFor}' and RetireFor '{RetireFor}' must not be negative", [nameof(AnnounceFor)]);
        }

        if (RotateAfter <= AnnounceFor)
        {
            yield return new ValidationResult($"RotateAfter: '{RotateAfter}' must be longer than AnnounceFor '{AnnounceFor}'", [nameof(RotateAfter)]);
        }
    }
}
