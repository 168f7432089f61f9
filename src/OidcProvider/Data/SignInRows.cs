namespace OidcProvider.Data;

/// <summary>How often in a row signing in to an account failed, and until when it is locked for it.</summary>
public sealed class AccountGuard
{
    public Guid UserId { get; set; }

    public int Failures { get; set; }

    public DateTime? LockedUntil { get; set; }
}

/// <summary>A user's authenticator app (RFC 6238). The secret is sealed with the master key.</summary>
public sealed class Authenticator
{
    public Guid UserId { get; set; }

    public byte[] SealedSecret { get; set; } = [];

    public DateTime CreatedAt { get; set; }

    /// <summary>Set when the user typed a first right code; until then it is no factor.</summary>
    public DateTime? ConfirmedAt { get; set; }

    /// <summary>The time step of the last code that was accepted: neither it nor an earlier one is accepted again.</summary>
    public long LastStep { get; set; }
}

/// <summary>A recovery code that has not been used yet. Only its hash is kept.</summary>
public sealed class RecoveryCode
{
    public Guid Id { get; set; }

    public Guid UserId { get; set; }

    public string Hash { get; set; } = "";

    public DateTime CreatedAt { get; set; }
}

/// <summary>A sign-in whose second step is missing. Its cookie opens the second step and nothing else.</summary>
public sealed class PendingSignIn
{
    public Guid Id { get; set; }

    public byte[] HandleHash { get; set; } = [];

    public Guid UserId { get; set; }

    /// <summary>What has been proven so far, as space-separated RFC 8176 values.</summary>
    public string Amr { get; set; } = "";

    /// <summary>The user has no second factor yet and must set one up before going further.</summary>
    public bool MustEnrol { get; set; }

    public DateTime ExpiresAt { get; set; }
}

/// <summary>A browser that has signed in to an account before.</summary>
public sealed class KnownDevice
{
    public Guid Id { get; set; }

    public byte[] HandleHash { get; set; } = [];

    public Guid UserId { get; set; }

    public string? UserAgent { get; set; }

    public DateTime CreatedAt { get; set; }

    public DateTime LastSeenAt { get; set; }

    /// <summary>Until when it need not show a second factor, if its user said so.</summary>
    public DateTime? TrustedUntil { get; set; }
}

/// <summary>The single-use secret of a link that was mailed. Only its hash is kept.</summary>
public sealed class MailedLink
{
    public byte[] Id { get; set; } = [];

    public string Purpose { get; set; } = "";

    public Guid? UserId { get; set; }

    /// <summary>What the link will do, for instance the new address, as JSON.</summary>
    public string? Data { get; set; }

    public DateTime CreatedAt { get; set; }

    public DateTime ExpiresAt { get; set; }

    public DateTime? UsedAt { get; set; }
}

/// <summary>A mail that is to be sent, written in the transaction of what it tells of.</summary>
public sealed class OutboxMail
{
    public Guid Id { get; set; }

    public string Recipient { get; set; } = "";

    public string Subject { get; set; } = "";

    public string Text { get; set; } = "";

    public string Html { get; set; } = "";

    public DateTime CreatedAt { get; set; }

    /// <summary>When it is tried next; moved ahead while a node is sending it.</summary>
    public DateTime NextTryAt { get; set; }

    /// <summary>After this it is not worth sending: the link in it is dead.</summary>
    public DateTime ExpiresAt { get; set; }

    public int Tries { get; set; }

    public DateTime? SentAt { get; set; }

    /// <summary>Set when it was given up.</summary>
    public DateTime? FailedAt { get; set; }

    public string? LastError { get; set; }
}

/// <summary>What a passkey ceremony was begun with. It is used up by the answer, right or wrong (WebAuthn Level 3 §13.4.3).</summary>
public sealed class Ceremony
{
    public byte[] Id { get; set; } = [];

    public string Kind { get; set; } = "";

    public Guid? UserId { get; set; }

    public string State { get; set; } = "";

    public DateTime ExpiresAt { get; set; }
}
