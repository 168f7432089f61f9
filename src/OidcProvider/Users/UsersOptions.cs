using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace OidcProvider.Users;

/// <summary>What accounts and their passwords must be like.</summary>
internal sealed class UsersOptions
{
    public const string Section = "Users";

    [Description("Shortest password that is accepted, in characters."), Range(8, 128)]
    public int PasswordMinimumLength { get; set; } = 15;

    [Description("Whether people may make accounts themselves, at /register.")]
    public bool AllowRegistration { get; set; }

    [Description("Roles whose holders must use a second factor. Nothing set means admin; an empty value means none. Naming admin includes user-admin, client-admin and auditor.")]
    public string[]? RequireMfaForRoles { get; set; }

    [Description("Ask haveibeenpwned.com whether a new password was seen in a breach. Only five characters of its hash leave the server.")]
    public bool CheckBreachedPasswords { get; set; }

    [Description("Days a browser may skip the second factor when its user says so. 0 switches this off. Never for RequireMfaForRoles."), Range(0, 365)]
    public int RememberDeviceDays { get; set; } = 30;

    /// <summary>Whether one of these roles must use a second factor. Where the owner must, everybody who administers must.</summary>
    public bool RequiresMfa(IEnumerable<string> roles)
    {
        var named = RequireMfaForRoles ?? [AdminRoles.Owner];
        var privileged = named.Contains(AdminRoles.Owner, StringComparer.OrdinalIgnoreCase) ? named.Concat(AdminRoles.All) : named;
        return roles.Intersect(privileged, StringComparer.OrdinalIgnoreCase).Any();
    }
}
