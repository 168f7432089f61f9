using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.Admin.Api;
using OidcProvider.Hosting;

namespace OidcProvider.Tests.Admin;

/// <summary>The OpenAPI document says what the API does: each operation with its words, its scope, its types and its failures.</summary>
public class ReferenceTests : ProviderFixture
{
    private JsonObject _document = null!;

    [OneTimeSetUp]
    public async Task ReadAsync()
    {
        using var http = new HttpClient { BaseAddress = Host.Issuer };
        _document = JsonNode.Parse(await http.GetStringAsync("/openapi/v1.json"))!.AsObject();
    }

    [Test]
    public void Every_operation_has_words_a_unique_id_a_scope_and_its_failures()
    {
        var operations = OpenApi.Operations(_document).ToList();
        Assert.That(operations.Select(operation => operation.Id), Is.Unique);
        using (Assert.EnterMultipleScope())
        {
            foreach (var operation in operations)
            {
                Assert.That(operation.Node["summary"]?.ToString(), Does.EndWith("."), $"{operation} needs .WithSummary(…)");
                Assert.That(operation.Node["tags"]?.AsArray(), Has.Count.EqualTo(1), $"{operation} needs .WithTags(…) on its group");
                Assert.That(Permissions.All.Keys, Does.Contain(operation.Permission), $"{operation} needs .Needs(…)");
                var responses = operation.Node["responses"]!.AsObject();
                Assert.That(responses.Select(response => response.Key), Is.SupersetOf(new[] { "401", "403", "429" }), $"{operation}");
                Assert.That(responses.Any(response => response.Key[0] == '2' && (response.Value!["content"] is not null || response.Key == "204")), Is.True, $"{operation} needs .Produces<…>()");
                Assert.That(operation.Method is HttpVerb.Get || operation.Permission.EndsWith(".write", StringComparison.Ordinal) || operation.Path.EndsWith("/plan", StringComparison.Ordinal), Is.True, $"{operation} changes something and needs a .write scope");
            }
        }
    }

    [Test]
    public void What_is_read_with_a_version_is_changed_and_removed_only_by_it()
    {
        var routes = Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().SelectMany(route => (route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []).Select(method => (Method: method, Route: route))).ToList();
        var versioned = routes.Where(item => item.Method == "GET" && item.Route.Metadata.GetMetadata<VersionShown>() is not null).Select(item => item.Route.RoutePattern.RawText).ToHashSet();
        var changing = routes.Where(item => item.Method is "PUT" or "PATCH" or "DELETE" && versioned.Contains(item.Route.RoutePattern.RawText)).ToList();
        Assert.That(changing, Has.Count.GreaterThan(versioned.Count));
        Assert.That(changing.Where(item => item.Route.Metadata.GetMetadata<VersionAsked>() is null).Select(item => $"{item.Method} {item.Route.RoutePattern.RawText}"), Is.Empty, ".AsksForVersion() and context.Refuse(version)");
    }

    [Test]
    public void Schemas_speak_snake_case_and_name_no_secret_that_is_read_back()
    {
        var schemas = _document["components"]!["schemas"]!.AsObject();
        var names = schemas.SelectMany(schema => schema.Value!["properties"]?.AsObject().Select(property => property.Key) ?? []).Distinct().ToList();
        Assert.That(names, Is.Not.Empty.And.All.Match("^[a-z0-9_$]+$"));
        Assert.That((string?)_document["openapi"], Does.StartWith("3.1"));
        var scheme = _document["components"]!["securitySchemes"]!["oauth2"]!["flows"]!;
        Assert.That((string?)scheme["authorizationCode"]!["tokenUrl"], Is.EqualTo($"{Host.IssuerValue}/connect/token"));
        Assert.That((string?)scheme["x-deviceAuthorization"]!["deviceAuthorizationUrl"], Is.EqualTo($"{Host.IssuerValue}/connect/device"));
        Assert.That(scheme["authorizationCode"]!["scopes"]!.AsObject().Select(scope => scope.Key), Is.EquivalentTo(Permissions.All.Keys));
    }

    [Test]
    public async Task It_is_made_once_and_its_tag_spares_the_second_download()
    {
        using var browser = Browser();
        var first = await browser.GetAsync("/openapi/v1.json");
        using var again = new HttpRequestMessage(HttpMethod.Get, "/openapi/v1.json");
        again.Headers.TryAddWithoutValidation("If-None-Match", first.Header("ETag"));
        Assert.That((int)(await browser.SendAsync(again)).Status, Is.EqualTo(304));
    }

    [Test]
    public async Task Its_page_is_for_administrators_runs_no_script_that_is_not_ours_and_asks_nobody_else()
    {
        using var nobody = Browser();
        Assert.That((await nobody.GetAsync("/admin/api")).Body, Does.Contain("current-password"));
        using var owner = Browser();
        await owner.SignInAsync(await owner.GetAsync("/login"));
        var page = await owner.GetAsync("/admin/api/");
        Assert.That(page.Header("Content-Security-Policy"), Does.Match("script-src 'self' 'nonce-[^']+';").And.Contain("style-src 'self' 'unsafe-inline'").And.Contain("connect-src 'self'"));
        Assert.That(page.Body, Does.Contain("scalar.js").And.Not.Match("(src|href)=\"https?://"));
        var nonce = Regex.Match(page.Header("Content-Security-Policy"), "'nonce-([^']+)'").Groups[1].Value;
        Assert.That(Regex.Count(page.Body, "<script"), Is.EqualTo(Regex.Count(page.Body, $"nonce=\"{Regex.Escape(nonce)}\"")).And.GreaterThan(0));
    }
}
