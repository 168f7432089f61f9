using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.ApiKeys;
using OidcProvider.TestKit;
using OidcProvider.Users;

namespace OidcProvider.Tests.ApiKeys;

/// <summary>A server with administrators, a client that may exchange keys, and ways to make some.</summary>
public abstract class ApiKeyFixture(Database database = Database.Sqlite) : ProviderFixture(database)
{
    protected const string Gateway = "gateway", Billing = "https://billing.example";

    protected override JsonObject? Bootstrap
    {
        get
        {
            var all = Given.Administration();
            all["clients"]!.AsArray().Add(Given.Client(Gateway, grants: ["urn:ietf:params:oauth:grant-type:token-exchange"], redirect: null, scope: "api billing openid admin.users.read"));
            all["clients"]!.AsArray().Add(Given.Client(Billing, grants: ["client_credentials"], redirect: null, scope: "billing"));
            all["scopes"]!.AsArray().Add(new JsonObject { ["name"] = "billing", ["resources"] = new JsonArray(Billing) });
            return all;
        }
    }

    internal async Task<IssuedApiKey> KeyAsync(string user = Given.Bob, string scope = "api", DateTime? expires = null)
    {
        IssuedApiKey? made = null;
        await Host.InScopeAsync(async services =>
        {
            var holder = await services.GetRequiredService<UserDirectory>().FindByNameAsync(user);
            var result = await services.GetRequiredService<ApiKeyRegistry>().MakeAsync(holder!, new("test", scope.Split(' '), expires), ApiKeyMaker.Local("test"));
            made = result.Value;
        });
        return made!;
    }

    protected async Task<AdminApi> OwnerAsync() => await AdminApi.SignInAsync(Host, Given.Alice, "openid admin.api_keys.read admin.api_keys.write admin.users.read");

    protected Task RevokeAsync(Guid id) => Host.InScopeAsync(async services => Assert.That((await services.GetRequiredService<ApiKeyRegistry>().RevokeAsync(id, "test")).Succeeded, Is.True));

    protected async Task<Answer> ExchangeAsync(string key, params (string Name, string? Value)[] more)
    {
        using var gateway = Client(Gateway, redirect: null);
        return await gateway.TokenAsync([("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"), ("subject_token", key), ("subject_token_type", "urn:oidcprovider:params:oauth:token-type:api_key"), .. more]);
    }
}
