using System.Text.Json.Nodes;
using OidcProvider.Hosting;
using OidcProvider.Users;

namespace OidcProvider.TestKit;

/// <summary>What a test starts from, in the words of the bootstrap file. Names and secrets stand here once.</summary>
public static class Given
{
    public const string Web = "web", Other = "other", Spa = "spa", Native = "native", Device = "device", Worker = "worker", Api = "https://api.example", Legacy = "legacy", Trusted = "trusted", Posting = "posting";
    public const string Secret = "a-secret-of-this-test-suite-0123456789";
    public const string Redirect = "http://127.0.0.1:7101/cb", PostLogout = "http://127.0.0.1:7101/out";
    public const string Alice = "alice@example.test", Bob = "bob@example.test", Password = "correct horse battery staple";

    public static JsonObject Everything() => new()
    {
        ["scopes"] = new JsonArray(new JsonObject
        {
            ["name"] = "api", ["display_name"] = "Use the sample API", ["resources"] = new JsonArray(Api), ["claims"] = new JsonArray("department"),
        }),
        ["clients"] = new JsonArray(
            Client(Web),
            Client(Other, redirect: "https://rp2.test/cb"),
            Client(Trusted, extra: ("consent", "implicit")),
            Client(Posting, method: "client_secret_post"),
            Client(Legacy, extra: ("require_pkce", false)),
            Client(Spa, method: "none"),
            Client(Native, method: "none", redirect: "http://127.0.0.1/cb", extra: ("application_type", "native")),
            Client(Device, method: "none", grants: ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"], redirect: null, extra: ("application_type", "native")),
            Client(Worker, grants: ["client_credentials"], redirect: null, scope: "api"),
            Client(Api, grants: ["client_credentials"], redirect: null, scope: "api")),
        ["users"] = new JsonArray(User(Alice, "Alice", "Archer", ["admin"]), User(Bob, "Bob", "Builder", [])),
    };

    /// <summary>A client that may ask for everything the admin API offers.</summary>
    public const string AdminTool = "admin-tool";

    /// <summary>One user of each administering role; Alice is the owner, Bob holds none.</summary>
    public const string UserAdmin = "ursula@example.test", ClientAdmin = "clara@example.test", Auditor = "audrey@example.test";

    public static string AdminScopes => string.Join(' ', Permissions.All.Keys);

    /// <summary><see cref="Everything"/>, with administrators of each kind and the tool they use.</summary>
    public static JsonObject Administration()
    {
        var everything = Everything();
        everything["clients"]!.AsArray().Add(Client(AdminTool, scope: $"openid profile offline_access {AdminScopes}", extra: ("consent", "implicit")));
        everything["users"]!.AsArray().Add(User(UserAdmin, "Ursula", "User", [AdminRoles.UserAdmin]));
        everything["users"]!.AsArray().Add(User(ClientAdmin, "Clara", "Client", [AdminRoles.ClientAdmin]));
        everything["users"]!.AsArray().Add(User(Auditor, "Audrey", "Auditor", [AdminRoles.Auditor]));
        return everything;
    }

    public static JsonObject Client(
        string id, string method = "client_secret_basic", string[]? grants = null, string? redirect = Redirect,
        string scope = "openid profile email address phone roles offline_access api", (string Name, JsonNode Value)? extra = null)
    {
        var client = new JsonObject
        {
            ["client_id"] = id,
            ["client_name"] = $"App {id}",
            ["token_endpoint_auth_method"] = method,
            ["grant_types"] = new JsonArray([.. (grants ?? ["authorization_code", "refresh_token"]).Select(grant => (JsonNode)grant)]),
            ["scope"] = scope,
        };
        if (method != "none")
        {
            client["client_secret"] = Secret;
        }

        if (redirect is not null)
        {
            client["redirect_uris"] = new JsonArray(redirect);
            client["post_logout_redirect_uris"] = new JsonArray(PostLogout);
            client["response_types"] = new JsonArray("code");
        }

        if (extra is { } more)
        {
            client[more.Name] = more.Value;
        }

        return client;
    }

    public static JsonObject User(string email, string given, string family, string[] roles) => new()
    {
        ["email"] = email, ["password"] = Password, ["email_verified"] = true, ["given_name"] = given, ["family_name"] = family,
        ["phone_number"] = "+49 30 123456", ["phone_number_verified"] = false, ["birthdate"] = "1990-01-02",
        ["address"] = new JsonObject { ["locality"] = "Berlin", ["country"] = "DE" },
        ["roles"] = new JsonArray([.. roles.Select(role => (JsonNode)role)]),
        ["claims"] = new JsonObject { ["department"] = "R&D" },
    };
}
