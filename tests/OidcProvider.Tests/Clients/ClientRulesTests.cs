using System.Text.Json.Nodes;
using OidcProvider.Clients;

namespace OidcProvider.Tests.Clients;

[Parallelizable(ParallelScope.All)]
internal sealed class ClientRulesTests
{
    private const string Secret = "at-least-32-characters-long-secret";

    private static readonly ClientDefinition Web = new()
    {
        ClientId = "web",
        ClientSecret = Secret,
        ClientName = "Sample web app",
        RedirectUris = ["http://127.0.0.1:7101/cb"],
        PostLogoutRedirectUris = ["http://127.0.0.1:7101/out"],
        GrantTypes = ["authorization_code", "refresh_token"],
        Scope = "openid profile email offline_access api",
    };

    private static readonly ClientDefinition Spa = Web with { ClientSecret = null, TokenEndpointAuthMethod = "none" };

    private static readonly ClientDefinition Worker = new() { ClientId = "worker", GrantTypes = ["client_credentials"] };

    private static readonly ClientDefinition Fapi = Web with
    {
        Profile = "fapi2",
        RequirePushedAuthorizationRequests = true,
        RedirectUris = ["https://rp1.test/cb"],
    };

    public static IEnumerable<TestCaseData> Good() =>
    [
        new TestCaseData(Web).SetArgDisplayNames("the sample of the contract"),
        new TestCaseData(Spa).SetArgDisplayNames("a public client"),
        new TestCaseData(Worker).SetArgDisplayNames("a machine"),
        new TestCaseData(Fapi).SetArgDisplayNames("a FAPI client"),
        new TestCaseData(new ClientDefinition { TokenEndpointAuthMethod = "none", ApplicationType = "native", GrantTypes = [ClientMetadata.DeviceCode, "refresh_token"] }).SetArgDisplayNames("a device"),
        new TestCaseData(Web with { ClientId = "ünlikely"[1..] + " ~!", ClientUri = "https://rp1.test/about", LogoUri = "http://localhost:1/logo.png" }).SetArgDisplayNames("links"),
        new TestCaseData(Web with { Scope = null }).SetArgDisplayNames("no scope"),
        new TestCaseData(Web with { RequirePkce = false }).SetArgDisplayNames("a confidential client of old without PKCE"),
        new TestCaseData(Web with { AccessTokenLifetime = TimeSpan.FromMinutes(5), RefreshTokenLifetime = TimeSpan.FromDays(30) }).SetArgDisplayNames("lifetimes"),
        new TestCaseData(Web with { Jwks = JsonNode.Parse("""{"keys":[{"kty":"EC","crv":"P-256","x":"a","y":"b"}]}""")!.AsObject() }).SetArgDisplayNames("keys"),
        new TestCaseData(Web with { ApplicationType = "native", RedirectUris = ["com.example.app:/cb"] }).SetArgDisplayNames("a native app"),
    ];

    [TestCaseSource(nameof(Good))]
    public void A_sound_client_has_no_faults(ClientDefinition client) => Assert.That(ClientRules.Check(client), Is.Empty);

    public static IEnumerable<TestCaseData> Bad()
    {
        static TestCaseData Case(ClientDefinition client, string field, string name, string code = ClientRules.InvalidMetadata) =>
            new TestCaseData(client, field, code).SetArgDisplayNames(name);

        yield return Case(Web with { RedirectUris = ["https://rp1.test/cb", "javascript:alert(1)"] }, "redirect_uris[1]", "A07 redirect", ClientRules.InvalidRedirectUri);
        yield return Case(Web with { RedirectUris = ["https://rp1.test/cb", "https://rp1.test/cb"] }, "redirect_uris[1]", "a redirect twice", ClientRules.InvalidRedirectUri);
        yield return Case(Web with { RedirectUris = [] }, "redirect_uris", "no redirect", ClientRules.InvalidRedirectUri);
        yield return Case(Worker with { RedirectUris = ["https://rp1.test/cb"] }, "redirect_uris", "redirect without the code grant", ClientRules.InvalidRedirectUri);
        yield return Case(Web with { RedirectUris = [.. Enumerable.Range(0, 101).Select(i => $"https://rp1.test/{i}")] }, "redirect_uris", "101 redirects");
        yield return Case(Web with { PostLogoutRedirectUris = ["javascript:alert(1)"] }, "post_logout_redirect_uris[0]", "A07 post logout");
        yield return Case(Web with { PostLogoutRedirectUris = ["http://rp1.test/out"] }, "post_logout_redirect_uris[0]", "post logout in clear");
        yield return Case(Web with { ClientUri = "javascript:alert(1)" }, "client_uri", "A07 client_uri");
        yield return Case(Web with { LogoUri = " javascript:alert(1)" }, "logo_uri", "A07 logo_uri");
        yield return Case(Web with { TosUri = "data:text/html,x" }, "tos_uri", "A07 tos_uri");
        yield return Case(Web with { PolicyUri = "vbscript:x" }, "policy_uri", "A07 policy_uri");
        yield return Case(Web with { InitiateLoginUri = "file:///etc/passwd" }, "initiate_login_uri", "A07 initiate_login_uri");
        yield return Case(Web with { ClientUri = "http://rp1.test/" }, "client_uri", "client_uri in clear");
        yield return Case(Web with { BackchannelLogoutUri = "https://user@rp1.test/out" }, "backchannel_logout_uri", "user information in a logout address");
        yield return Case(Web with { ClientId = "" }, "client_id", "empty id");
        yield return Case(Web with { ClientId = new string('a', 201) }, "client_id", "long id");
        yield return Case(Web with { ClientId = "wéb" }, "client_id", "id outside ASCII");
        yield return Case(Web with { ClientId = "web\n" }, "client_id", "id with a line break");
        yield return Case(Web with { ClientName = new string('a', 201) }, "client_name", "long name");
        yield return Case(Web with { ClientName = "Bank \u202Egnp.exe" }, "client_name", "name that turns the reading direction");
        yield return Case(Web with { ClientSecret = Secret[..31] }, "client_secret", "short secret");
        yield return Case(Web with { ClientSecret = new string('a', 257) }, "client_secret", "long secret");
        yield return Case(Spa with { ClientSecret = Secret }, "client_secret", "public client with secret");
        yield return Case(Web with { GrantTypes = ["password"] }, "grant_types[0]", "unknown grant");
        yield return Case(Web with { GrantTypes = ["implicit", "authorization_code"] }, "grant_types[0]", "implicit grant");
        yield return Case(Web with { GrantTypes = [] }, "grant_types", "no grant");
        yield return Case(Worker with { GrantTypes = ["client_credentials", "refresh_token"] }, "grant_types", "refresh without a person");
        yield return Case(Worker with { TokenEndpointAuthMethod = "none" }, "grant_types", "client_credentials of a public client");
        yield return Case(Web with { ResponseTypes = ["token"] }, "response_types[0]", "implicit response");
        yield return Case(Web with { ResponseTypes = [] }, "response_types", "code grant without code");
        yield return Case(Worker with { ResponseTypes = ["code"] }, "response_types", "code without code grant");
        yield return Case(Web with { TokenEndpointAuthMethod = "client_secret" }, "token_endpoint_auth_method", "unknown method");
        yield return Case(Web with { Scope = "openid  profile" }, "scope", "two spaces");
        yield return Case(Web with { Scope = "openid \"x\"" }, "scope", "quotes");
        yield return Case(Web with { Scope = "openid\tprofile" }, "scope", "tab");
        yield return Case(Web with { ApplicationType = "desktop" }, "application_type", "unknown type");
        yield return Case(Web with { Consent = "none" }, "consent", "unknown consent");
        yield return Case(Web with { Profile = "fapi1" }, "profile", "unknown profile");
        yield return Case(Web with { SubjectType = "pairwise" }, "subject_type", "pairwise subjects");
        yield return Case(Web with { IdTokenSignedResponseAlg = "none" }, "id_token_signed_response_alg", "unsigned ID tokens");
        yield return Case(Web with { DefaultMaxAge = -1 }, "default_max_age", "negative age");
        yield return Case(Web with { AccessTokenLifetime = TimeSpan.Zero }, "access_token_lifetime", "no lifetime");
        yield return Case(Web with { AccessTokenLifetime = TimeSpan.FromDays(2) }, "access_token_lifetime", "long access token");
        yield return Case(Web with { RefreshTokenLifetime = TimeSpan.FromSeconds(-1) }, "refresh_token_lifetime", "negative lifetime");
        yield return Case(Spa with { RequirePkce = false }, "require_pkce", "public client without PKCE");
        yield return Case(Fapi with { RequirePkce = false }, "require_pkce", "FAPI without PKCE");
        yield return Case(Fapi with { RequirePushedAuthorizationRequests = false }, "require_pushed_authorization_requests", "FAPI without PAR");
        yield return Case(Fapi with { RedirectUris = ["http://127.0.0.1:1/cb"] }, "redirect_uris[0]", "FAPI on loopback", ClientRules.InvalidRedirectUri);
        yield return Case(Fapi with { ClientSecret = null, TokenEndpointAuthMethod = "none" }, "profile", "public FAPI client");
        yield return Case(Web with { Jwks = JsonNode.Parse("""{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}""")!.AsObject() }, "jwks.keys[0]", "secret key in jwks");
        yield return Case(Web with { Jwks = [] }, "jwks", "jwks without keys");
        yield return Case(Web with { Contacts = ["a\0b"] }, "contacts[0]", "contact with a control character");
    }

    [TestCaseSource(nameof(Bad))]
    public void A_fault_is_named_by_its_field_and_code(ClientDefinition client, string field, string code) =>
        Assert.That(ClientRules.Check(client), Has.Some.Matches<OidcProvider.Hosting.Problem>(problem => problem.Field == field && problem.Code == code));

    [Test]
    public void All_faults_are_reported_at_once() =>
        Assert.That(ClientRules.Check(Web with { ClientId = "", Scope = "a  b", RedirectUris = ["x", "y"] }), Has.Count.EqualTo(4));

    [TestCase("private_key_jwt")]
    [TestCase("tls_client_auth")]
    public void A_method_that_comes_later_is_refused_as_not_supported_yet(string method) =>
        Assert.That(ClientRules.Check(Web with { TokenEndpointAuthMethod = method }).Single().Message, Does.Contain("not supported yet"));

    [Test]
    public void Response_types_follow_from_the_grants()
    {
        Assert.That(Web.ResponseTypes, Is.EqualTo(new[] { "code" }));
        Assert.That(Worker.ResponseTypes, Is.Empty);
    }

    [Test]
    public void A_definition_reads_back_as_it_was_written()
    {
        Assert.That(ClientJson.ReadStored(ClientJson.Write(Fapi)), Is.EqualTo(Fapi));
        Assert.That(ClientJson.Write(Fapi), Does.Contain("\"token_endpoint_auth_method\":\"client_secret_basic\""));
    }

    [Test]
    public void A_definition_in_a_log_line_does_not_show_its_secret() => Assert.That($"{Web}", Does.Not.Contain(Secret));
}
