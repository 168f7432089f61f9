using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Net;

namespace OidcProvider.Webhooks;

/// <summary>How events are sent to webhooks.</summary>
internal sealed class WebhooksOptions : IValidatableObject
{
    public const string Section = "Webhooks";

    [Description("How long nothing may arrive at a webhook before it is switched off.")]
    public TimeSpan DisableAfter { get; set; } = TimeSpan.FromDays(5);

    [Description("How long the old secret signs beside a new one.")]
    public TimeSpan SecretOverlap { get; set; } = TimeSpan.FromDays(1);

    [Description("How long deliveries are kept for the log.")]
    public TimeSpan KeepDeliveries { get; set; } = TimeSpan.FromDays(30);

    [Description("Private networks, as 10.1.0.0/16, whose addresses webhooks may have. Usually only public ones may.")]
    public string[] AllowedNetworks { get; set; } = [];

    [Description("Webhooks that may be registered."), Range(1, 1000)]
    public int Most { get; set; } = 50;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, value) in new[] { (nameof(DisableAfter), DisableAfter), (nameof(KeepDeliveries), KeepDeliveries) })
        {
            if (value < TimeSpan.FromHours(1) || value > TimeSpan.FromDays(365))
            {
                yield return new ValidationResult($"{name}: '{value}' is not between 01:00:00 and 365.00:00:00", [name]);
            }
        }

        if (SecretOverlap < TimeSpan.Zero || SecretOverlap > TimeSpan.FromDays(30))
        {
            yield return new ValidationResult($"{nameof(SecretOverlap)}: '{SecretOverlap}' is not between 0 and 30.00:00:00", [nameof(SecretOverlap)]);
        }

        foreach (var network in AllowedNetworks.Where(network => !IPNetwork.TryParse(network, out _)))
        {
            yield return new ValidationResult($"{nameof(AllowedNetworks)}: '{network}' is not a network", [nameof(AllowedNetworks)]);
        }
    }
}
