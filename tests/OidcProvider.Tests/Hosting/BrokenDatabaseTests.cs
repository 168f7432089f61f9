using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.Data;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.Hosting;

/// <summary>With the database away nothing is granted, nothing is called invalid, and what does not need it goes on (reliability S10, L2, L5).</summary>
public class BrokenDatabaseTests : ProviderFixture
{
    [Test]
    public async Task Everything_that_needs_it_answers_503_and_recovers()
    {
        using var client = Client(Given.Trusted);
        using var browser = Browser();
        var tokens = await client.SignInAsync(browser);
        await RenameAsync("Tokens", "Away1");
        await RenameAsync("Sessions", "Away2");
        await RenameAsync("Authorizations", "Away3");
        await RenameAsync("SigningKeys", "Away4");

        foreach (var answer in new[] { await client.RefreshAsync(tokens["refresh_token"]), await client.IntrospectAsync(tokens["access_token"]), await client.RevokeAsync(tokens["refresh_token"]) })
        {
            Assert.That((answer.Status, answer.Error), Is.EqualTo((HttpStatusCode.ServiceUnavailable, "temporarily_unavailable")));
            Assert.That(answer.Response.Headers.RetryAfter, Is.Not.Null);
        }

        Assert.That((await client.UserInfoAsync(tokens["access_token"])).Status, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        var page = await browser.GetAsync(client.AuthorizationUrl());
        Assert.That((page.Status, page.Title), Is.EqualTo((HttpStatusCode.ServiceUnavailable, "Temporarily unavailable")));
        Assert.That(page.Body, Does.Contain(page.Header("X-Request-Id")).And.Not.Contain("Away").And.Not.Contain("SQL"));
        Assert.That((await browser.GetAsync("/health/ready")).Status, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        foreach (var path in new[] { "/health/live", "/.well-known/jwks.json", "/.well-known/openid-configuration", "/site.css" })
        {
            Assert.That((await browser.GetAsync(path)).Status, Is.EqualTo(HttpStatusCode.OK), path);
        }

        await RenameAsync("Away1", "Tokens");
        await RenameAsync("Away2", "Sessions");
        await RenameAsync("Away3", "Authorizations");
        await RenameAsync("Away4", "SigningKeys");
        Assert.That((await client.RefreshAsync(tokens["refresh_token"])).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await browser.GetAsync(client.AuthorizationUrl(("prompt", "none")))).Parameter("code"), Is.Not.Null);
    }

    private Task RenameAsync(string from, string to) => Host.InScopeAsync(async services =>
    {
        // A table's name cannot be a parameter; both come from above.
        var connection = services.GetRequiredService<AppDbContext>().Database.GetDbConnection();
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"ALTER TABLE \"{from}\" RENAME TO \"{to}\"";
        await command.ExecuteNonQueryAsync();
    });
}
