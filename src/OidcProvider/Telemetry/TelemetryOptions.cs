using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Net;

namespace OidcProvider.Telemetry;

/// <summary>What the server tells of itself, and whom.</summary>
internal sealed class TelemetryOptions : IValidatableObject
{
    public const string Section = "Telemetry";

    [Description("Answer /metrics in the format of Prometheus.")]
    public bool Metrics { get; set; } = true;

    [Description("Addresses or networks (CIDR) that may read /metrics, beside this machine. Others are told that there is no such page.")]
    public string[] MetricsAllowedFrom { get; set; } = [];

    [Description("Where traces, metrics and logs are sent by OTLP, for example http://127.0.0.1:4317. Empty: nowhere.")]
    public string? OtlpEndpoint { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var wrong in MetricsAllowedFrom.Where(text => !IPNetwork.TryParse(text, out _) && !IPAddress.TryParse(text, out _)))
        {
            yield return new ValidationResult($"{nameof(MetricsAllowedFrom)}: '{wrong}' is neither an address nor a network", [nameof(MetricsAllowedFrom)]);
        }

        if (!string.IsNullOrEmpty(OtlpEndpoint) && !Uri.TryCreate(OtlpEndpoint, UriKind.Absolute, out _))
        {
            yield return new ValidationResult($"{nameof(OtlpEndpoint)}: '{OtlpEndpoint}' is not an absolute URL", [nameof(OtlpEndpoint)]);
        }
    }

    /// <summary>Whether an address may read the metrics. Pure.</summary>
    public bool Allows(IPAddress? address)
    {
        if (address is null)
        {
            return false;
        }

        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return IPAddress.IsLoopback(plain)
            || MetricsAllowedFrom.Any(text => IPNetwork.TryParse(text, out var network) ? network.Contains(plain) : IPAddress.TryParse(text, out var one) && one.Equals(plain));
    }
}
