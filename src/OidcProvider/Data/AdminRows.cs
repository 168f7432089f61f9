namespace OidcProvider.Data;

/// <summary>One of a client's secrets beside its first. Several may be valid at once, so that a client can change over without an outage.</summary>
public sealed class ClientSecret
{
    public Guid Id { get; set; }

    public Guid ClientId { get; set; }

    public string Hash { get; set; } = "";

    /// <summary>What people call it, for instance the machine it is on.</summary>
    public string? Description { get; set; }

    public DateTime CreatedAt { get; set; }

    /// <summary>After this it is refused. Empty: it has no end.</summary>
    public DateTime? ExpiresAt { get; set; }
}

/// <summary>
/// What a client really used: a grant type, a redirect URI, a secret, a request without PKCE. Counted in memory and added up here
/// every few seconds; the last day a thing was used is what counts, the number is approximate.
/// </summary>
public sealed class ClientUsage
{
    public Guid ClientId { get; set; }

    public string Kind { get; set; } = "";

    public string Value { get; set; } = "";

    public DateTime FirstAt { get; set; }

    public DateTime LastAt { get; set; }

    public long Count { get; set; }
}

/// <summary>A key with which a service calls our APIs. Shown once; only its hash is kept.</summary>
public sealed class ApiKey
{
    public Guid Id { get; set; }

    /// <summary>The readable beginning of the key, by which it is found and recognised.</summary>
    public string Prefix { get; set; } = "";

    /// <summary>SHA-256 of the whole key, which is 256 random bits.</summary>
    public byte[] Hash { get; set; } = [];

    public string Name { get; set; } = "";

    /// <summary>The user the key acts for; what the user may no longer do, the key may not either.</summary>
    public Guid UserId { get; set; }

    /// <summary>Space-separated, sorted.</summary>
    public string Scopes { get; set; } = "";

    public DateTime CreatedAt { get; set; }

    /// <summary>Who made it: a user id or <c>cli</c>.</summary>
    public string CreatedBy { get; set; } = "";

    public DateTime? ExpiresAt { get; set; }

    public DateTime? LastUsedAt { get; set; }

    public DateTime? RevokedAt { get; set; }
}

/// <summary>Why a protocol request was refused. Kept for a day.</summary>
public sealed class RefusedRequest
{
    /// <summary>The id that the error page and the <c>X-Request-Id</c> header show.</summary>
    public string Id { get; set; } = "";

    public DateTime At { get; set; }

    public string Endpoint { get; set; } = "";

    public string? ClientId { get; set; }

    public string Error { get; set; } = "";

    /// <summary>The decoded request (secrets redacted), the checks in order, the one that failed and the fix, as JSON.</summary>
    public string Detail { get; set; } = "{}";
}

/// <summary>An address that is told of events.</summary>
public sealed class Webhook
{
    public Guid Id { get; set; }

    public string Url { get; set; } = "";

    public string? Description { get; set; }

    /// <summary>The HMAC key, sealed with the master key.</summary>
    public byte[] SealedSecret { get; set; } = [];

    /// <summary>The one before, which signs beside it for a while so that the receiver can change over.</summary>
    public byte[]? SealedPreviousSecret { get; set; }

    public DateTime? PreviousSecretUntil { get; set; }

    /// <summary>Space-separated event names; <c>user.*</c> stands for all of a kind, <c>*</c> for all.</summary>
    public string Events { get; set; } = "";

    public DateTime CreatedAt { get; set; }

    public DateTime UpdatedAt { get; set; }

    public DateTime? DisabledAt { get; set; }

    /// <summary>Why the server switched it off by itself.</summary>
    public string? DisabledReason { get; set; }

    /// <summary>Since when nothing has arrived.</summary>
    public DateTime? FailingSince { get; set; }

    public string Version { get; set; } = "";
}

/// <summary>One event on its way to one webhook, written in the transaction of what it tells of.</summary>
public sealed class WebhookDelivery
{
    public Guid Id { get; set; }

    public Guid WebhookId { get; set; }

    public string Event { get; set; } = "";

    public string Payload { get; set; } = "{}";

    public DateTime CreatedAt { get; set; }

    /// <summary>When it is tried next; moved ahead while a node is sending it.</summary>
    public DateTime NextTryAt { get; set; }

    public int Tries { get; set; }

    public DateTime? DeliveredAt { get; set; }

    /// <summary>Set when it was given up.</summary>
    public DateTime? FailedAt { get; set; }

    public DateTime? TriedAt { get; set; }

    public int? LastStatus { get; set; }

    public string? LastError { get; set; }

    /// <summary>Milliseconds that the last try took.</summary>
    public int? LastDuration { get; set; }
}

/// <summary>What one node counted in one period, for the pictures of the dashboard.</summary>
public sealed class MetricPoint
{
    /// <summary>Beginning of the period.</summary>
    public DateTime At { get; set; }

    /// <summary>For example <c>tokens.authorization_code</c> or <c>latency.token</c>.</summary>
    public string Name { get; set; } = "";

    public string Node { get; set; } = "";

    public long Count { get; set; }

    /// <summary>For durations: how many lay in each class, as a JSON array; empty for plain counts.</summary>
    public string? Histogram { get; set; }
}

/// <summary>One run of a job.</summary>
public sealed class JobRun
{
    public Guid Id { get; set; }

    public string Job { get; set; } = "";

    public string Node { get; set; } = "";

    public DateTime StartedAt { get; set; }

    public DateTime? EndedAt { get; set; }

    /// <summary>What it did, or why it failed.</summary>
    public string? Outcome { get; set; }

    public bool Failed { get; set; }
}

/// <summary>
/// The answer to a request that carried an <c>Idempotency-Key</c>: the same request again gets the same answer for a day. Also what became of a
/// change to many by the pages, for whoever made it, for an hour.
/// </summary>
public sealed class IdempotentAnswer
{
    /// <summary>Hash of caller, what it answers and key.</summary>
    public string Id { get; set; } = "";

    /// <summary>Hash of the request's body: another body under the same key is refused.</summary>
    public string RequestHash { get; set; } = "";

    /// <summary>Status, headers and body, sealed: a new secret may be in it. Empty while the first request is being worked on.</summary>
    public byte[]? SealedAnswer { get; set; }

    public DateTime ExpiresAt { get; set; }
}
