using OidcProvider.Users;

namespace OidcProvider.Admin.Users;

/// <summary>One line of a list of users.</summary>
internal sealed record UserItem(Guid Id, string? Email, bool EmailVerified, string? Name, IReadOnlyList<string> Roles, bool Disabled, bool Locked, bool SecondFactor, DateTime CreatedAt, DateTime UpdatedAt)
{
    public static UserItem Of(UserRow row) => new(
        row.User.Id, row.User.Email, row.User.EmailConfirmed, row.User.FullName, row.Roles, row.User.DisabledAt is not null, row.LockedUntil is not null, row.SecondFactor, row.User.CreatedAt, row.User.UpdatedAt);
}

/// <summary>A passkey: its name and age. What it signs with is the user's alone.</summary>
internal sealed record PasskeyItem(string? Name, DateTimeOffset CreatedAt, bool Synced);

/// <summary>How a user signs in: what there is, never a secret.</summary>
internal sealed record SignInMethods(bool Password, bool Authenticator, IReadOnlyList<PasskeyItem> Passkeys, int RecoveryCodesLeft);

/// <summary>An account. <c>profile</c> is what PUT takes; the rest is the state that other routes change.</summary>
internal sealed record UserAnswer(
    Guid Id, UserDefinition Profile, DateTime CreatedAt, DateTime UpdatedAt, DateTime? DisabledAt, DateTime? LockedUntil, int FailedSignIns, SignInMethods SignInMethods);

/// <summary>Several accounts and what to do to them.</summary>
internal sealed record BulkRequest(BulkAction Action, IReadOnlyList<Guid>? Ids);

/// <summary>What can be done to several accounts at once.</summary>
internal enum BulkAction
{
    Disable,
    Enable,
    Delete,
}

/// <summary>How it went for one of several: <c>ok</c>, or the code and words of the refusal.</summary>
internal sealed record BulkOutcome(Guid Id, string Code, string? Message)
{
    public const string Ok = "ok";
}

/// <summary>Every outcome of a bulk request, in the order of its ids.</summary>
internal sealed record BulkAnswer(int Succeeded, int Failed, IReadOnlyList<BulkOutcome> Outcomes);

/// <summary>How a new password is asked for.</summary>
internal sealed record PasswordRequest
{
    /// <summary>The present password stops working at once and all sessions end.</summary>
    public bool Require { get; init; }
}
