namespace OidcProvider.Hosting;

/// <summary>
/// What an administrator may be allowed to do. The names are those of the scopes that the admin API asks for, of the policies on its
/// routes and of the policies on the admin pages; which role holds which is in <c>Users/AdminRoles</c>.
/// </summary>
internal static class Permissions
{
    public const string Prefix = "admin.";

    /// <summary>Policy prefix of pages: the same permission, asked of a browser's session instead of an access token.</summary>
    public const string OfPage = "page:";

    public const string ClientsRead = "admin.clients.read", ClientsWrite = "admin.clients.write";
    public const string ScopesRead = "admin.scopes.read", ScopesWrite = "admin.scopes.write";
    public const string UsersRead = "admin.users.read", UsersWrite = "admin.users.write";
    public const string SessionsRead = "admin.sessions.read", SessionsWrite = "admin.sessions.write";
    public const string GrantsRead = "admin.grants.read", GrantsWrite = "admin.grants.write";
    public const string KeysRead = "admin.keys.read", KeysWrite = "admin.keys.write";
    public const string ApiKeysRead = "admin.api_keys.read", ApiKeysWrite = "admin.api_keys.write";
    public const string WebhooksRead = "admin.webhooks.read", WebhooksWrite = "admin.webhooks.write";
    public const string JobsRead = "admin.jobs.read", JobsWrite = "admin.jobs.write";
    public const string ConfigurationRead = "admin.configuration.read", ConfigurationWrite = "admin.configuration.write";
    public const string AuditRead = "admin.audit.read";
    public const string RequestsRead = "admin.requests.read";

    /// <summary>Every permission, with the words for the consent page.</summary>
    public static readonly IReadOnlyDictionary<string, string> All = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [ClientsRead] = "See registered clients",
        [ClientsWrite] = "Register, change and remove clients",
        [ScopesRead] = "See scopes and resources",
        [ScopesWrite] = "Change scopes and resources",
        [UsersRead] = "See users",
        [UsersWrite] = "Create and change users",
        [SessionsRead] = "See sessions",
        [SessionsWrite] = "End sessions",
        [GrantsRead] = "See what users allowed apps to do",
        [GrantsWrite] = "Withdraw what users allowed apps to do",
        [KeysRead] = "See signing keys",
        [KeysWrite] = "Rotate and revoke signing keys",
        [ApiKeysRead] = "See API keys",
        [ApiKeysWrite] = "Make and revoke API keys",
        [WebhooksRead] = "See webhooks",
        [WebhooksWrite] = "Change webhooks",
        [JobsRead] = "See jobs",
        [JobsWrite] = "Run jobs",
        [ConfigurationRead] = "See settings and export the configuration",
        [ConfigurationWrite] = "Apply a configuration file",
        [AuditRead] = "See the audit trail",
        [RequestsRead] = "See why requests were refused",
    };
}
