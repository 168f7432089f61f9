using System.Net;
using System.Text.Json.Nodes;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.Protocol;

/// <summary>Metadata and keys: RFC 8414, OpenID Connect Discovery 1.0 §3 and §4, RFC 7517.</summary>
public class DiscoveryTests : ProviderFixture
{
    [Test]
    public async Task Both_documents_say_the_same_and_name_the_issuer_exactly()
    {
        using var client = Client();
        var documents = await Task.WhenAll(Get(client, "/.well-known/openid-configuration"), Get(client, "/.well-known/oauth-authorization-server"));
        var metadata = documents[0].Json!;
        Assert.That(metadata.ToJsonString(), Is.EqualTo(documents[1].Json!.ToJsonString()));
        Assert.Multiple(() =>
        {
            Assert.That(metadata["issuer"]!.ToString(), Is.EqualTo(Host.IssuerValue));
            Assert.That(Texts(metadata["code_challenge_methods_supported"]), Is.EqualTo(new[] { "S256" }));
            Assert.That(Texts(metadata["response_types_supported"]), Is.EqualTo(new[] { "code" }));
            Assert.That(Texts(metadata["response_modes_supported"]), Is.EquivalentTo(new[] { "query", "fragment", "form_post" }));
            Assert.That(Texts(metadata["grant_types_supported"]), Is.EquivalentTo(new[] { "authorization_code", "refresh_token", "client_credentials", "urn:ietf:params:oauth:grant-type:device_code", "urn:ietf:params:oauth:grant-type:token-exchange" }));
            Assert.That(Texts(metadata["id_token_signing_alg_values_supported"]), Does.Contain("RS256"));
            Assert.That(Texts(metadata["token_endpoint_auth_methods_supported"]), Is.EquivalentTo(new[] { "client_secret_basic", "client_secret_post", "none" }));
            Assert.That(metadata["authorization_response_iss_parameter_supported"]!.GetValue<bool>(), Is.True);
            foreach (var (name, path) in new[]
            {
                ("authorization_endpoint", "authorize"), ("token_endpoint", "token"), ("userinfo_endpoint", "userinfo"), ("introspection_endpoint", "introspect"), ("revocation_endpoint", "revoke"),
                ("device_authorization_endpoint", "device"), ("pushed_authorization_request_endpoint", "par"), ("end_session_endpoint", "logout"),
            })
            {
                Assert.That(metadata[name]!.ToString(), Is.EqualTo($"{Host.IssuerValue}/connect/{path}"));
            }
        });
    }

    [Test]
    public async Task Published_keys_are_public_and_complete()
    {
        using var client = Client();
        var keys = (await Get(client, "/.well-known/jwks.json")).Json!["keys"]!.AsArray();
        Assert.That(keys.Select(key => key!["alg"]!.ToString()), Is.EqualTo(new[] { "RS256", "ES256", "PS256" }));
        foreach (var key in keys)
        {
            Assert.That(key!["use"]!.ToString(), Is.EqualTo("sig"));
            Assert.That(key.AsObject().Select(member => member.Key).Intersect(["d", "p", "q", "dp", "dq", "qi", "k"]), Is.Empty);
        }

        Assert.That(keys.Select(key => key!["kid"]!.ToString()).Distinct().Count(), Is.EqualTo(3));
    }

    [Test]
    public async Task Documents_may_be_kept_and_asked_for_again_cheaply()
    {
        using var client = Client();
        var first = await Get(client, "/.well-known/jwks.json");
        Assert.That(first.Response.Headers.CacheControl!.ToString(), Does.Contain("max-age=300").And.Contain("public"));
        var again = new HttpRequestMessage(HttpMethod.Get, "/.well-known/jwks.json");
        again.Headers.IfNoneMatch.Add(first.Response.Headers.ETag!);
        Assert.That((await client.SendAsync(again)).Status, Is.EqualTo(HttpStatusCode.NotModified));
    }

    [Test]
    public async Task Scripts_of_other_origins_may_read_them_and_call_the_token_endpoint_but_not_the_pages()
    {
        using var client = Client();
        foreach (var (path, allowed) in new[] { ("/.well-known/openid-configuration", true), ("/connect/token", true), ("/connect/userinfo", true), ("/login", false), ("/connect/authorize", false) })
        {
            var preflight = new HttpRequestMessage(HttpMethod.Options, path);
            preflight.Headers.Add("Origin", "https://spa.example");
            preflight.Headers.Add("Access-Control-Request-Method", "POST");
            var answer = await client.SendAsync(preflight);
            Assert.That(answer.Response.Headers.Contains("Access-Control-Allow-Origin"), Is.EqualTo(allowed), path);
            Assert.That(answer.Response.Headers.Contains("Access-Control-Allow-Credentials"), Is.False, path);
        }
    }

    private static Task<Answer> Get(RelyingParty client, string path) => client.SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

    private static string[] Texts(JsonNode? array) => [.. array!.AsArray().Select(item => item!.ToString())];
}
