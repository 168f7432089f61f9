using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace OidcProvider.SignIn;

/// <summary>The session API for own web apps.</summary>
internal sealed class SignInOptions : IValidatableObject
{
    public const string Section = "SignIn";

    [Description("Lets own web apps sign users in by POST /auth/login, without an OAuth library.")]
    public bool SessionApi { get; set; }

    [Description("The client_id that the session API's tokens are issued to. It must be registered.")]
    public string? SessionApiClient { get; set; }

    [Description("Origins whose scripts may call the session API, beside the issuer's own. They must be of the same site: https://app.example.com for https://id.example.com.")]
    public string[] SessionApiOrigins { get; set; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (SessionApi && string.IsNullOrWhiteSpace(SessionApiClient))
        {
            yield return new ValidationResult($"{nameof(SessionApiClient)}: required when SessionApi is on", [nameof(SessionApiClient)]);
        }

        foreach (var origin in SessionApiOrigins.Where(origin => !Uri.TryCreate(origin, UriKind.Absolute, out var uri) || uri.GetLeftPart(UriPartial.Authority) != origin))
        {
            yield return new ValidationResult($"{nameof(SessionApiOrigins)}: '{origin}' is not an origin such as https://app.example.com", [nameof(SessionApiOrigins)]);
        }
    }
}
