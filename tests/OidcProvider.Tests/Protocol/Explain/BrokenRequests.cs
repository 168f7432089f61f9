using System.Net.Http.Headers;
using System.Text;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.Protocol.Explain;

/// <summary>Requests that are wrong in one way each. Sending one gives the id of its answer.</summary>
internal sealed class BrokenRequests(ProviderHost host)
{
    private const string Header = "X-Request-Id";

    private RelyingParty Client(string id = Given.Web, string? secret = Given.Secret) => new(host, id, Given.Redirect, id is Given.Spa or Given.Device ? null : secret);

    public async Task<string> AuthorizeAsync(params (string Name, string? Value)[] changes)
    {
        using var client = Client();
        using var browser = new UserAgent(host.Issuer);
        return (await browser.GetOnceAsync(client.AuthorizationUrl(changes))).Header(Header);
    }

    public async Task<string> DoubledAsync()
    {
        using var client = Client();
        using var browser = new UserAgent(host.Issuer);
        return (await browser.GetOnceAsync($"{client.AuthorizationUrl()}&scope=openid")).Header(Header);
    }

    public async Task<string> LogoutAsync(params (string Name, string? Value)[] parameters)
    {
        using var browser = new UserAgent(host.Issuer);
        return (await browser.GetOnceAsync(RelyingParty.Url("/connect/logout", parameters.Select(pair => new KeyValuePair<string, string>(pair.Name, pair.Value!))))).Header(Header);
    }

    public Task<string> TokenAsync(string client, string? secret, params (string Name, string? Value)[] parameters) => PostAsync("token", client, secret, parameters);

    public async Task<string> PostAsync(string endpoint, string id, string? secret, params (string Name, string? Value)[] parameters)
    {
        using var client = new RelyingParty(host, id, Given.Redirect, secret);
        return Id(await client.PostAsync($"/connect/{endpoint}", parameters));
    }

    public async Task<string> RawAsync(HttpMethod method, string path, HttpContent? content = null, string? bearer = null)
    {
        using var client = Client();
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Authorization = bearer is null ? null : new AuthenticationHeaderValue("Bearer", bearer);
        return Id(await client.SendAsync(request));
    }

    public Task<string> FormAsync(params (string Name, string Value)[] form) =>
        RawAsync(HttpMethod.Post, "/connect/token", new FormUrlEncodedContent(form.Select(pair => new KeyValuePair<string, string>(pair.Name, pair.Value))));

    /// <summary>Takes a code and redeems it in a wrong way.</summary>
    public async Task<string> RedeemAsync(string by = Given.Web, bool twice = false, TimeSpan late = default, params (string Name, string? Value)[] changes)
    {
        using var client = Client();
        using var other = Client(by);
        using var browser = new UserAgent(host.Issuer);
        var code = (await client.AuthorizeAsync(browser)).Parameter("code")!;
        host.Time.Advance(late);
        if (twice)
        {
            await client.RedeemAsync(code);
        }

        return Id(await (by == Given.Web ? client : other).RedeemAsync(code, [.. changes.DefaultIfEmpty(("code_verifier", client.Verifier))]));
    }

    /// <summary>Uses a refresh token, its successor, and then the first again; or asks for more than was granted.</summary>
    public async Task<string> RefreshAsync(bool wider)
    {
        using var client = Client();
        var first = await client.SignInAsync(null, Given.Alice, ("scope", "openid offline_access"));
        if (wider)
        {
            return Id(await client.RefreshAsync(first["refresh_token"], ("scope", "openid api")));
        }

        var second = await client.RefreshAsync(first["refresh_token"]);
        await client.RefreshAsync(second["refresh_token"]);
        return Id(await client.RefreshAsync(first["refresh_token"]));
    }

    public async Task<string> RevokeOfAnotherAsync()
    {
        using var client = Client();
        using var other = Client(Given.Other);
        return Id(await other.RevokeAsync((await client.SignInAsync())["refresh_token"]));
    }

    public async Task<string> LogoutWithHintOfAnotherAsync()
    {
        using var client = Client();
        return await LogoutAsync(("client_id", Given.Other), ("id_token_hint", (await client.SignInAsync())["id_token"]));
    }

    public async Task<string> UserInfoAsync(string scope, string kind)
    {
        using var client = Client();
        var tokens = await client.SignInAsync(null, Given.Alice, ("scope", scope));
        return await RawAsync(HttpMethod.Get, "/connect/userinfo", bearer: tokens[kind]);
    }

    public async Task<string> PushedTwiceAsync()
    {
        using var client = Client();
        using var browser = new UserAgent(host.Issuer);
        var url = RelyingParty.Url("/connect/authorize", [new("client_id", Given.Web), new("request_uri", (await client.PushAsync())["request_uri"]!)]);
        var page = await browser.SignInAsync(await browser.GetAsync(url));
        await browser.SubmitAsync(page, "allow");
        return (await browser.GetOnceAsync(url)).Header(Header);
    }

    public static HttpContent Json => new StringContent("{\"grant_type\":\"client_credentials\"}", Encoding.UTF8, "application/json");

    public static string Id(Answer answer) => answer.Response.Headers.GetValues(Header).Single();
}
