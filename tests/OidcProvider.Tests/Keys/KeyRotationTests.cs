using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OidcProvider.Audit;
using OidcProvider.Data;
using OidcProvider.Jobs;
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

    [Test, Order(3)]
    public async Task With_the_next_key_announced_a_revoked_one_leaves_no_gap()
    {
        using var client = Client(Given.Trusted);
        var tokens = await client.SignInAsync();
        await Host.InScopeAsync(async services =>
        {
            var desk = services.GetRequiredService<KeyDesk>();
            await desk.RotateAsync("RS256", "test");
            foreach (var key in (await desk.ListAsync()).Where(key => key.Algorithm == "RS256" && key.Phase is "signing" or "retired"))
            {
                await desk.RevokeAsync(key.Kid, "test");
            }
        });
        Assert.That((await client.RefreshAsync(tokens["refresh_token"])).Status, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test, Order(4)]
    public async Task The_next_key_is_made_when_it_is_due_and_the_trail_says_so()
    {
        using var client = Client(Given.Trusted);
        var (before, other) = (await KidsAsync(client, "ES256"), await KidsAsync(client, "PS256"));
        var due = Host.Services.GetRequiredService<IOptions<KeysOptions>>().Value.RotateAfter;
        Host.Time.Advance(due);
        Assert.That(await Host.Services.GetRequiredService<JobDesk>().RunAsync(nameof(RotateKeysJob), CancellationToken.None), Is.True);

        // It makes them one after the other; what comes next in these tests needs PS256 at rest.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while ((await KidsAsync(client, "ES256")).Count == before.Count || (await KidsAsync(client, "PS256")).Count == other.Count)
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }

        var made = (await KidsAsync(client, "ES256")).Except(before).Single();
        await Host.InScopeAsync(async services =>
        {
            var told = await services.GetRequiredService<AppDbContext>().AuditRecords.SingleAsync(record => record.Event == AuditEvents.KeyRotated && record.Subject == made);
            Assert.That((told.Actor, told.Reason), Is.EqualTo(((string?)null, "due")));
        });
    }

    [Test, Order(5)]
    public async Task A_key_is_not_made_or_revoked_unless_the_trail_says_so()
    {
        // Those that are announced come into force.
        Host.Time.Advance(Host.Services.GetRequiredService<IOptions<KeysOptions>>().Value.AnnounceFor + TimeSpan.FromSeconds(1));
        await Host.InScopeAsync(async services =>
        {
            var (desk, rows) = (services.GetRequiredService<KeyDesk>(), services.GetRequiredService<AppDbContext>());
            var before = await InForceAsync(desk);
            var signing = before.Single(key => key.Phase == "signing");
            await rows.Database.ExecuteSqlRawAsync("CREATE TRIGGER full BEFORE INSERT ON AuditRecords BEGIN SELECT RAISE(ABORT, 'the trail is full'); END");
            Assert.That(async () => await desk.RotateAsync("PS256", "operator"), Throws.InstanceOf<DbUpdateException>());
            Assert.That(async () => await desk.RevokeAsync(signing.Kid, "operator"), Throws.InstanceOf<DbUpdateException>());
            rows.ChangeTracker.Clear();
            Assert.That(await InForceAsync(desk), Is.EqualTo(before));

            await rows.Database.ExecuteSqlRawAsync("DROP TRIGGER full");
            var made = (await desk.RotateAsync("PS256", "operator")).Value;
            Assert.That((await desk.RotateAsync("PS256", "operator")).Problems[0].Code, Is.EqualTo(KeyDesk.AlreadyAnnounced));
            await desk.RevokeAsync(signing.Kid, "operator");
            var told = await rows.AuditRecords.Where(record => record.Subject == made.Kid || record.Subject == signing.Kid).Select(record => new { record.Event, record.Actor, record.Subject }).ToListAsync();
            Assert.That(told, Is.SupersetOf(new[]
            {
                new { Event = AuditEvents.KeyRotated, Actor = (string?)"operator", Subject = (string?)made.Kid },
                new { Event = AuditEvents.KeyRevoked, Actor = (string?)"operator", Subject = (string?)signing.Kid },
            }));
            Assert.That(await rows.AuditRecords.CountAsync(record => record.Event == AuditEvents.KeyRotated && record.Subject == made.Kid), Is.EqualTo(1));
        });
    }

    private static async Task<List<KeyView>> InForceAsync(KeyDesk desk) => [.. (await desk.ListAsync()).Where(key => key is { Algorithm: "PS256", Phase: "signing" or "announced" })];

    private static async Task<IReadOnlyList<string>> KidsAsync(RelyingParty client, string algorithm)
    {
        var keys = (await client.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/.well-known/jwks.json"))).Json!["keys"]!.AsArray();
        return [.. keys.Where(key => key!["alg"]!.ToString() == algorithm).Select(key => key!["kid"]!.ToString())];
    }
}
