using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using OidcProvider.ApiKeys;
using OidcProvider.Audit;
using OidcProvider.Data;
using OidcProvider.Keys;
using OidcProvider.TestKit;
using OidcProvider.Tokens;
using OidcProvider.Users;
using OidcProvider.Webhooks;

namespace OidcProvider.BrowserTests;

/// <summary>An address at which a page is opened.</summary>
/// <param name="Path">The address.</param>
/// <param name="Status">What whoever may open the page is answered.</param>
/// <param name="As">The one user for whom this address is; null: it is the same for everybody.</param>
internal sealed record Opening(string Path, int Status = 200, string? As = null);

/// <summary>A server with something on every page of its inventory, and the addresses at which each is opened.</summary>
public abstract class InventoryFixture : BrowserFixture
{
    /// <summary>Users who stand between the steps of a sign-in: one has an authenticator app, one must set it up.</summary>
    private protected const string WithApp = "toni@example.test", WithoutApp = "vera@example.test", NoUser = "";

    private readonly Dictionary<string, Opening[]> _openings = new(StringComparer.Ordinal);

    private protected IReadOnlyList<ListedPage> Pages { get; private set; } = [];

    protected override Task<ProviderHost> StartHostAsync()
    {
        var everything = Given.Administration();
        foreach (var user in new[] { Given.User(WithApp, "Toni", "Tester", []), Given.User(WithoutApp, "Vera", "Vault", ["vault"]) })
        {
            everything["users"]!.AsArray().Add(user);
        }

        everything["users"]!.AsArray().Single(user => (string?)user!["email"] == Given.Bob)!["roles"] = new JsonArray("editor");
        return ProviderHost.StartAsync(bootstrap: everything, settings: new Dictionary<string, string>
        {
            ["Users:AllowRegistration"] = "true", ["Users:RequireMfaForRoles"] = "vault", ["ApiKeys:AllowForUsers"] = "true", ["Protocol:AllowLoopbackCallouts"] = "true",
        });
    }

    [OneTimeSetUp]
    public async Task FillAsync()
    {
        Pages = await PageInventory.ReadAsync(Host.Services);
        AddPlainPages();
        await AddProtocolPagesAsync();
        await Host.InScopeAsync(AddRowsAsync);
    }

    /// <summary>Where a page is opened. One that takes no parameter is at its route.</summary>
    private protected IReadOnlyList<Opening> OpeningsOf(ListedPage page) =>
        _openings.TryGetValue(page.Route, out var known) ? known
        : page.Route.Contains('{', StringComparison.Ordinal) ? throw new InvalidOperationException($"{page.Route} has a parameter: say in {nameof(InventoryFixture)} with which row it is opened.")
        : [new(page.Route)];

    /// <summary>Addresses of pages that are no longer there.</summary>
    private protected IEnumerable<string> Stale => _openings.Keys.Except(Pages.Select(page => page.Route));

    /// <summary>Stops between the two steps of a sign-in.</summary>
    private protected async Task<Cookie[]> HalfWayAsync(string user)
    {
        using var agent = new UserAgent(Host.Issuer);
        await agent.SignInAsync(await agent.GetAsync("/login"), user);
        return CookiesOf(agent);
    }

    private void Add(string route, params Opening[] openings) => _openings.Add(route, openings);

    private void Add(string route, params string[] paths) => _openings.Add(route, [.. paths.Select(path => new Opening(path))]);

    private void AddPlainPages()
    {
        const string None = "nothing-is-like-that";
        foreach (var tab in new[] { "settings", "redirects", "usage" })
        {
            Add($"/admin/clients/{tab}", $"/admin/clients/{tab}?client_id={Given.Web}");
        }

        Add("/admin/clients/grade", $"/admin/clients/grade?client_id={Given.Web}", $"/admin/clients/grade?client_id={Given.Spa}");
        Add("/admin/clients/secrets", $"/admin/clients/secrets?client_id={Given.Web}", $"/admin/clients/secrets?client_id={Given.Spa}");
        Add("/admin/clients/danger", $"/admin/clients/danger?client_id={Given.Web}", $"/admin/clients/danger?client_id={Given.Web}&remove=true");
        Add("/admin/clients/new", "/admin/clients/new", "/admin/clients/new?kind=web");
        Add("/admin/scopes/edit", "/admin/scopes/edit?name=api", "/admin/scopes/edit?name=api&remove=true");
        Add("/admin/roles/edit", "/admin/roles/edit?name=editor");
        foreach (var list in new[] { "clients", "users", "api-keys" })
        {
            Add($"/admin/{list}", $"/admin/{list}", $"/admin/{list}?q={None}");
        }

        Add("/admin/audit", "/admin/audit", $"/admin/audit?actor={None}");
        Add("/admin/requests", "/admin/requests", $"/admin/requests?client_id={None}");
        Add("/admin/sessions", "/admin/sessions", $"/admin/sessions?user={None}");
        Add("/admin/grants", "/admin/grants", $"/admin/grants?user={None}");
        Add("/admin/api/{documentName?}", "/admin/api/");
        Add("/error/{status:int?}", new Opening("/error/404", 404), new Opening("/error/403", 403), new Opening("/error/500", 500));
        Add("/playground/callback", new Opening("/playground/callback?code=slipped-in&state=another&iss=https://evil.example", 400));
        // With an owner there, the link of the first start opens nothing.
        Add("/first-owner", new Opening("/first-owner?token=x", 400));
        Add("/login/mfa", new Opening("/login/mfa", As: WithApp));
        Add("/login/recovery", new Opening("/login/recovery", As: WithApp));
        Add("/login/setup", new Opening("/login/setup", As: WithoutApp));
        Add("/login", new Opening("/login", As: NoUser));
        Add("/register", new Opening("/register", As: NoUser));
    }

    private async Task AddProtocolPagesAsync()
    {
        using var client = new RelyingParty(Host);
        using var trusted = new RelyingParty(Host, Given.Trusted);
        using var device = new RelyingParty(Host, Given.Device, null, null);
        using var worker = new RelyingParty(Host, Given.Worker, null);
        foreach (var user in new[] { Given.Alice, Given.Bob })
        {
            await client.SignInAsync(user: user);
            await trusted.SignInAsync(user: user);
        }

        await worker.TokenAsync(("grant_type", "client_credentials"));
        Add("/connect/authorize", new Opening(client.AuthorizationUrl(("prompt", "consent")), As: Given.Bob), new Opening(client.AuthorizationUrl(("prompt", "select_account")), As: Given.Bob), new Opening("/connect/authorize?client_id=nobody", 400));
        Add("/device", "/device", new Uri((await device.DeviceAsync())["verification_uri_complete"]!).PathAndQuery);

        using var agent = new UserAgent(Host.Issuer);
        var refused = (await agent.GetAsync(client.AuthorizationUrl(("redirect_uri", "https://evil.test/cb")))).Header("X-Request-Id");
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await IsKeptAsync(refused))
        {
            await timer.WaitForNextTickAsync();
        }

        Add("/admin/requests/{id}", $"/admin/requests/{refused}");
    }

    private async Task<bool> IsKeptAsync(string request)
    {
        var kept = false;
        await Host.InScopeAsync(async services => kept = await services.GetRequiredService<RefusedRequests>().FindAsync(request) is not null);
        return kept;
    }

    private async Task AddRowsAsync(IServiceProvider services)
    {
        var users = services.GetRequiredService<UserDirectory>();
        var bob = (await users.FindByNameAsync(Given.Bob))!;
        var page = $"/admin/users/{bob.Id}";
        Add("/admin/users/{id:guid}/{tab?}", [page, .. new[] { "roles", "sign-in", "sessions", "apps", "activity" }.Select(tab => $"{page}/{tab}")]);
        Add("/admin/users/{id:guid}/confirm/{what}", [.. new[] { "delete", "disable", "factors", "sign-out", "password" }.Select(what => $"{page}/confirm/{what}")]);

        var session = (await services.GetRequiredService<SessionDesk>().ListAsync(bob.Id, null, 1)).Rows[0].Id;
        Add("/admin/sessions/{id:guid}/end", $"/admin/sessions/{session}/end");
        var grant = (await services.GetRequiredService<GrantDesk>().ListAsync(bob.Id, null, null, 1)).Rows[0].Id;
        Add("/admin/grants/{id:guid}/withdraw", $"/admin/grants/{grant}/withdraw");
        var kid = (await services.GetRequiredService<KeyDesk>().ListAsync()).First(key => key.Phase == "signing").Kid;
        Add("/admin/keys/{kid}/revoke", $"/admin/keys/{kid}/revoke");

        var end = Host.Time.GetUtcNow().UtcDateTime.AddDays(90);
        var keys = services.GetRequiredService<ApiKeyRegistry>();
        var key = (await keys.MakeAsync(bob, new("nightly import", ["api"], end), ApiKeyMaker.Local("test"))).Value.View.Id;
        await keys.MakeAsync((await users.FindByNameAsync(Given.Alice))!, new("backup", ["api", "admin.users.read"], end), ApiKeyMaker.Local("test"));
        Add("/admin/api-keys/{id:guid}", $"/admin/api-keys/{key}");

        var hook = (await services.GetRequiredService<WebhookRegistry>().AddAsync(new("http://127.0.0.1:9/where-nobody-listens", "the shop", ["user.*", "key.*"]), "test")).Value.Webhook.Id;
        await services.GetRequiredService<WebhookDesk>().SendTestAsync(hook);
        Add("/admin/webhooks/{id:guid}", $"/admin/webhooks/{hook}");
        Add("/admin/webhooks/{id:guid}/remove", $"/admin/webhooks/{hook}/remove");
        await AddMailedLinksAsync(services, users);
    }

    private async Task AddMailedLinksAsync(IServiceProvider services, UserDirectory users)
    {
        var toni = (await users.FindByNameAsync(WithApp))!;
        var factors = services.GetRequiredService<SecondFactors>();
        await factors.ConfirmAsync(toni.Id, Totp.Code(await factors.BeginAsync(toni.Id), Totp.StepAt(Host.Time.GetUtcNow())));
        await factors.RenewRecoveryCodesAsync(toni.Id, "test");

        // Each as its mail brings it, and as it is when it comes too late.
        var links = services.GetRequiredService<MailedLinks>();
        foreach (var (purpose, route, data) in new[]
        {
            (LinkPurpose.Register, "/register/confirm", null), (LinkPurpose.ResetPassword, "/password/reset", null), (LinkPurpose.Unlock, "/unlock", null), (LinkPurpose.ChangeEmail, "/account/email/confirm", "toni@elsewhere.test"),
        })
        {
            Add(route, new Opening($"{route}?token={await links.CreateAsync(purpose, toni.Id, data)}", As: NoUser), new Opening($"{route}?token=x", 400));
        }

        await services.GetRequiredService<AppDbContext>().SaveChangesAsync();
    }
}
