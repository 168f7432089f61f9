using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace OidcProvider.Mail;

internal enum MailTransport
{
    Directory,
    Smtp,
}

internal enum SmtpSecurity
{
    /// <summary>Plain first, then TLS; without TLS nothing is sent (RFC 3207).</summary>
    StartTls,

    /// <summary>TLS from the first byte (RFC 8314).</summary>
    Tls,

    /// <summary>No TLS. For a relay on the same machine.</summary>
    None,
}

/// <summary>How mail leaves the server.</summary>
internal sealed class MailOptions : IValidatableObject
{
    public const string Section = "Email";

    [Description("Directory writes .eml files for another program to pick up; Smtp sends them.")]
    public MailTransport Transport { get; set; } = MailTransport.Directory;

    [Description("Where Transport Directory writes.")]
    public string Directory { get; set; } = "data/mail";

    [Description("The sender, as an address or as: Name <address>.")]
    public string From { get; set; } = "Sign-in service <no-reply@localhost>";

    [Description("The server for Transport Smtp.")]
    public SmtpOptions Smtp { get; set; } = new();

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!MimeKit.MailboxAddress.TryParse(From, out _))
        {
            yield return new ValidationResult($"{nameof(From)}: '{From}' is not a mail address", [nameof(From)]);
        }

        if (Transport is MailTransport.Smtp && string.IsNullOrWhiteSpace(Smtp.Host))
        {
            yield return new ValidationResult("Smtp:Host: required when Transport is Smtp", [nameof(Smtp)]);
        }
    }
}

/// <summary>A mail server.</summary>
internal sealed class SmtpOptions
{
    [Description("Host name.")]
    public string? Host { get; set; }

    [Description("Port."), Range(1, 65535)]
    public int Port { get; set; } = 587;

    [Description("User name, if it asks for one.")]
    public string? Username { get; set; }

    [Description("Password.")]
    public string? Password { get; set; }

    [Description("StartTls (required, not opportunistic), Tls or None.")]
    public SmtpSecurity Security { get; set; } = SmtpSecurity.StartTls;
}
