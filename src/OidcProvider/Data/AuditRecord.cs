namespace OidcProvider.Data;

/// <summary>One security-relevant event. Never changed, never holds a secret.</summary>
public sealed class AuditRecord
{
    public Guid Id { get; set; }

    public DateTime At { get; set; }

    /// <summary>Stable name of the event, for example <c>signin.failed</c>.</summary>
    public string Event { get; set; } = "";

    /// <summary>Who did it: a user id, a client id, or <c>cli</c>.</summary>
    public string? Actor { get; set; }

    /// <summary>Who or what it was done to.</summary>
    public string? Subject { get; set; }

    public string? ClientId { get; set; }

    /// <summary>The readable beginning of the API key that it was done with or that it was done to.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Why, as a stable code; empty for success.</summary>
    public string? Reason { get; set; }

    /// <summary>What was changed: <c>{"field": {"before": …, "after": …}}</c>. Secrets are never in it.</summary>
    public string? Change { get; set; }

    public string? Address { get; set; }

    public string? RequestId { get; set; }

    /// <summary>Whether somebody else did it to them: an administrator, by page, API or command line.</summary>
    public bool IsByAnother => Actor is not null && Actor != Subject;
}
