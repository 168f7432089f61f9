using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.Admin.Api;
using OidcProvider.Hosting;
using OidcProvider.TestKit;
using OidcProvider.Users;

namespace OidcProvider.Tests.Admin;

/// <summary>
/// Attack H01: every operation that the OpenAPI document names is tried by everybody. What must happen is derived from the permissions of roles alone, so a new
/// route is tried without a line added here, and one that the document does not know fails.
/// </summary>
public partial class AuthorizationMatrixTests : ProviderFixture
{
    private static readonly string[] Refused = ["invalid_token", "insufficient_scope", "insufficient_role", "insufficient_user_authentication", "access_denied", "route_not_found"];

    private HttpClient _http = null!;
    private List<Operation> _operations = null!;

    protected override JsonObject? Bootstrap => Given.Administration();

    protected override IReadOnlyDictionary<string, string>? Settings => new Dictionary<string, string> { ["Admin:ApiRequestsPerMinute"] = "1000000", ["Logging:LogLevel:Default"] = "Warning" };

    [OneTimeSetUp]
    public async Task SignInAsync()
    {
        _http = new HttpClient { BaseAddress = Host.Issuer };
        _operations = [.. OpenApi.Operations(JsonNode.Parse(await _http.GetStringAsync("/openapi/v1.json"))!.AsObject())];
    }

    [OneTimeTearDown]
    public void SignOut()
    {
        _http.Dispose();
    }

    [Test]
    public void The_document_knows_every_route()
    {
        var routes = Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(route => $"/{route.RoutePattern.RawText!.TrimStart('/')}".StartsWith($"{ApiRoutes.Root}/", StringComparison.Ordinal))
            .SelectMany(route => (route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["*"]).Select(method => $"{method} {Plain(route.RoutePattern.RawText!)}"));
        Assert.That(_operations.Select(operation => $"{operation.Method.ToUpperInvariant()} {Plain(operation.Path)}"), Is.EquivalentTo(routes));
    }

    [Test]
    public async Task Nobody_gets_in_without_a_token_or_with_one_that_is_none()
    {
        using var member = new RelyingParty(Host, Given.Web);
        var tokens = await member.SignInAsync();
        await JudgeAsync("nobody", null, _ => HttpStatusCode.Unauthorized);
        await JudgeAsync("garbage", "garbage", _ => HttpStatusCode.Unauthorized);
        await JudgeAsync("an ID token", tokens["id_token"], _ => HttpStatusCode.Unauthorized);
        await JudgeAsync("a token for another API", tokens["access_token"], _ => HttpStatusCode.Unauthorized);
    }

    [TestCase(Given.Bob, ""), TestCase(Given.Alice, AdminRoles.Owner), TestCase(Given.UserAdmin, AdminRoles.UserAdmin), TestCase(Given.ClientAdmin, AdminRoles.ClientAdmin), TestCase(Given.Auditor, AdminRoles.Auditor)]
    public async Task A_role_reaches_what_it_grants_and_nothing_else_whatever_the_token_may(string user, string role) =>
        await JudgeAsync(user, await TokenAsync(user, Given.AdminScopes), operation => AdminRoles.Allows([role], operation.Permission) ? null : HttpStatusCode.Forbidden);

    [Test]
    public async Task A_scope_reaches_what_it_names_and_nothing_else_whatever_the_role_grants()
    {
        // Of each permission the nearest miss: reading for writing, writing for reading.
        foreach (var scopes in Permissions.All.Keys.GroupBy(name => name.EndsWith(".read", StringComparison.Ordinal)).Select(group => group.ToHashSet()))
        {
            await JudgeAsync($"the owner with {scopes.First()}…", await TokenAsync(Given.Alice, string.Join(' ', scopes)), operation => scopes.Contains(operation.Permission) ? null : HttpStatusCode.Forbidden);
        }

        await JudgeAsync("the owner without a scope", await TokenAsync(Given.Alice, "profile"), _ => HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden);
    }

    [Test]
    public async Task Each_scope_by_itself_is_enough_for_its_operations()
    {
        foreach (var operations in _operations.GroupBy(operation => operation.Permission))
        {
            var token = await TokenAsync(Given.Alice, operations.Key);
            foreach (var operation in operations)
            {
                var answer = await TryAsync(operation, token);
                Assert.That(Refused, Does.Not.Contain(answer.Code), $"{operation} with {operations.Key}: {(int)answer.Status} {answer.Code}");
            }
        }
    }

    private async Task JudgeAsync(string who, string? token, Func<Operation, HttpStatusCode?> expected, params HttpStatusCode[] or)
    {
        List<string> wrong = [];
        foreach (var operation in _operations)
        {
            var (status, code) = await TryAsync(operation, token);
            var right = expected(operation) is { } refusal
                ? (status == refusal || or.Contains(status)) && Refused.Contains(code) && code != "route_not_found"
                : !Refused.Contains(code) && (int)status < 500;
            if (!right)
            {
                wrong.Add($"{operation} by {who}: {(int)status} {code}");
            }
        }

        Assert.That(wrong, Is.Empty);
    }

    // Ids that no row has and bodies that say nothing: who may not is refused before anybody looks at them, who may is told what is wrong with them.
    private async Task<(HttpStatusCode Status, string? Code)> TryAsync(Operation operation, string? token)
    {
        using var request = new HttpRequestMessage(new HttpMethod(operation.Method.ToUpperInvariant()), Parameter().Replace(operation.Path, Guid.Empty.ToString()));
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        request.Headers.TryAddWithoutValidation("If-Match", "\"none\"");
        if (operation.Node["requestBody"] is not null)
        {
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        }

        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var problem = answer.Content.Headers.ContentType?.MediaType == "application/problem+json" ? JsonNode.Parse(await answer.Content.ReadAsStringAsync()) : null;
        return (answer.StatusCode, (string?)problem?["code"]);
    }

    private async Task<string> TokenAsync(string user, string scopes)
    {
        using var tool = new RelyingParty(Host, Given.AdminTool);
        var tokens = await tool.SignInAsync(null, user, ("scope", $"openid {scopes}"));
        return tokens["access_token"]!;
    }

    private static string Plain(string path) => Parameter().Replace($"/{path.Trim('/')}", "{}");

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
