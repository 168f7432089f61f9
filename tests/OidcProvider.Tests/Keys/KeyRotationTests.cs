using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.Keys;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.Keys;

/// <summary>Rotation and revocation on a running server (reliability S8, R09).</summary>
public class KeyRotationTests : ProviderFixture
{
    [Test, Order(1)]
    public async Task A_new_key_is_published_before_it_signs_and_the_old_one_stays_for_what_it_signed()
    {
        using var client = Client(Given.Trusted);
        var tokens = await client.SignInAsync();
        await Host.InScopeAsync(async services => Assert.That((await services.GetRequiredService<KeyDesk>().RotateAsync("RS256", "test")).Succeeded, Is.True));
        await Host.Services.GetRequiredService<KeyRing>().RefreshAsync(CancellationToken.None);
        Assert.That(await KidsAsync(client, "RS256"), Has.Count.EqualTo(2));
        Assert.That((await client.RefreshAsync(tokens["refresh_token"])).AccessToken.Kid, Is.EqualTo(tokens.AccessToken.Kid), "announced, not signing");

        Host.Time.Advance(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(1));
        await Host.Services.GetRequiredService<KeyRing>().RefreshAsync(CancellationToken.None);
        var after = await client.RefreshAsync((await client.SignInAsync())["refresh_token"]);
        Assert.That(after.AccessToken.Kid, Is.Not.EqualTo(tokens.AccessToken.Kid));
        Assert.That((await client.VerifyAsync(tokens["id_token"], Given.Trusted)).IsValid, Is.True);
        Assert.That((await client.VerifyAsync(after["access_token"], Given.Api)).IsValid, Is.True);
    }

    [Test, Order(2)]
    public async Task What_a_revoked_key_signed_is_refused_and_a_new_key_signs()
    {
        using var client = Client(Given.Trusted);
        var tokens = await client.SignInAsync();
        await Host.InScopeAsync(async services => Assert.That((await services.GetRequiredService<KeyDesk>().RevokeAsync(tokens.AccessToken.Kid, "test")).Succeeded, Is.True));

        Assert.That((await client.UserInfoAsync(tokens["access_token"])).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That((await client.IntrospectAsync(tokens["access_token"]))["active"], Is.EqualTo("false"));
        Assert.That(await KidsAsync(client, "RS256"), Has.None.EqualTo(tokens.AccessToken.Kid));
        var fresh = await client.RefreshAsync(tokens["refresh_token"]);
        Assert.That((await client.VerifyAsync(fresh["access_token"], Given.Api)).IsValid, Is.True);
    }

    private static async Task<IReadOnlyList<string>> KidsAsync(RelyingParty client, string algorithm)
    {
        var keys = (await client.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/.well-known/jwks.json"))).Json!["keys"]!.AsArray();
        return [.. keys.Where(key => key!["alg"]!.ToString() == algorithm).Select(key => key!["kid"]!.ToString())];
    }
}
