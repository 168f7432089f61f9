using OidcProvider.Data;

namespace OidcProvider.Clients.Grading;

/// <summary>What is known of a client's use in the last 90 days. Pure. Where nothing was watched for that long, nothing is known.</summary>
internal sealed class UsageFacts(RegisteredClient client, IReadOnlyList<ClientUsage> usage, DateTime now)
{
    public const int Days = 90;

    private readonly DateTime _since = now.AddDays(-Days);

    /// <summary>Used in the last 90 days, in whatever way.</summary>
    public bool IsUsed => usage.Any(use => use.LastAt >= _since);

    /// <summary>The thing was used at least once in the last 90 days.</summary>
    public bool Used(string kind, string value) => usage.Any(use => use.Kind == kind && use.Value == value && use.LastAt >= _since);

    /// <summary>
    /// The thing was not used for 90 days, while the client was: it is watched for as long, and either the thing was seen before or the
    /// metadata, and so the thing, is as old.
    /// </summary>
    public bool Unused(string kind, string value)
    {
        if (!IsUsed || Used(kind, value) || !usage.Any(use => use.FirstAt <= _since))
        {
            return false;
        }

        return usage.Any(use => use.Kind == kind && use.Value == value) || client.UpdatedAt <= _since;
    }

    /// <summary>The client is used, and never without what <paramref name="kind"/> stands for: asking for it breaks nothing.</summary>
    public bool AlwaysWith(string kind) => Used(kind, UsageKinds.With) && !Used(kind, UsageKinds.Without);
}
