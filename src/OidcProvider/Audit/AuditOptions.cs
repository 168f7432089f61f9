using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace OidcProvider.Audit;

/// <summary>How long the past is remembered.</summary>
internal sealed class AuditOptions : IValidatableObject
{
    public const string Section = "Audit";

    [Description("Audit records older than this are deleted.")]
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromDays(365);

    [Description("The dashboard's counts older than this are deleted.")]
    public TimeSpan KeepMetricsFor { get; set; } = TimeSpan.FromDays(30);

    [Description("Runs of jobs older than this are deleted.")]
    public TimeSpan KeepJobRunsFor { get; set; } = TimeSpan.FromDays(14);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (KeepFor < TimeSpan.FromDays(1) || KeepMetricsFor < TimeSpan.FromDays(1) || KeepJobRunsFor < TimeSpan.FromDays(1))
        {
            yield return new ValidationResult("KeepFor: KeepFor, KeepMetricsFor and KeepJobRunsFor must each be a day at least", [nameof(KeepFor)]);
        }
    }
}
