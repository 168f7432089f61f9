namespace OidcProvider.Audit;

/// <summary>
/// Of what kind an event is, so that whoever is told of events can ask for all of a kind: <c>user.*</c>, <c>client.*</c>, <c>session.*</c>,
/// <c>token.*</c>, <c>key.*</c>. Pure.
/// </summary>
internal static class EventKinds
{
    public const string All = "*", Test = "webhook.test";

    public const string User = "user", Client = "client", Session = "session", Token = "token", Key = "key", Other = "other";

    /// <summary>The kinds with the words for them.</summary>
    public static readonly IReadOnlyDictionary<string, string> Kinds = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [User] = "Users and roles: added, changed, barred, deleted; their passwords, addresses and factors",
        [Client] = "Clients and scopes: registered, changed, removed",
        [Session] = "Sessions: signed in, failed, signed out, devices connected",
        [Token] = "Token families: consent given and withdrawn, tokens revoked and replayed",
        [Key] = "Keys: signing keys and API keys",
        [Other] = "Everything else: jobs run by hand, changes to webhooks",
    };

    // By the first part of an event's name.
    private static readonly Dictionary<string, string> ByFirst = new(StringComparer.Ordinal)
    {
        ["user"] = User, ["role"] = User, ["account"] = User, ["password"] = User, ["email"] = User, ["profile"] = User, ["authenticator"] = User, ["recovery_codes"] = User, ["recovery_code"] = User,
        ["passkey"] = User, ["second_factors"] = User, ["data"] = User,
        ["client"] = Client, ["scope"] = Client,
        ["signin"] = Session, ["signout"] = Session, ["session"] = Session, ["device"] = Session,
        ["consent"] = Token, ["code"] = Token, ["refresh_token"] = Token, ["token"] = Token, ["grant"] = Token,
        ["key"] = Key, ["api_key"] = Key,
        ["job"] = Other,
    };

    public static string Of(string name) => ByFirst.GetValueOrDefault(name.Split('.', 2)[0], Other);

    /// <summary>Whether a pattern asks for an event: <c>*</c>, <c>user.*</c> or a name.</summary>
    public static bool Asks(string pattern, string name) =>
        pattern == All || pattern == name || (pattern.EndsWith(".*", StringComparison.Ordinal) && pattern[..^2] == Of(name));

    /// <summary>Every name that is written anywhere.</summary>
    public static readonly IReadOnlyList<string> Names =
        [.. typeof(AuditEvents).GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!).Order(StringComparer.Ordinal)];

    public static bool IsPattern(string text) => text == All || Names.Contains(text) || (text.EndsWith(".*", StringComparison.Ordinal) && Kinds.ContainsKey(text[..^2]));
}
