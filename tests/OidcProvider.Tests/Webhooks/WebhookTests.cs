using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.Audit;
using OidcProvider.Clients;
using OidcProvider.Data;
using OidcProvider.TestKit;
using OidcProvider.Webhooks;

namespace OidcProvider.Tests.Webhooks;

/// <summary>Events on their way to a real receiver.</summary>
[TestFixture(Database.Sqlite), TestFixture(Database.PostgreSql)]
public class WebhookTests(Database database) : WebhookFixture(database)
{
    [Test]
    public async Task An_event_arrives_signed_with_what_the_audit_trail_knows_and_no_secret()
    {
        var hook = await HookAsync(events: "client.*");
        const string secret = "a-secret-that-must-not-travel-0123456789";
        await InScopeAsync<ClientRegistry>(async registry => Assert.That((await registry.RegisterAsync(
            new() { ClientId = $"told-{Guid.NewGuid():N}", ClientSecret = secret, GrantTypes = ["client_credentials"], Scope = "api" }, "test")).Succeeded, Is.True));
        await HappenAsync(AuditEvents.ProfileChanged);
        await RoundAsync();
        var message = Receiver.Messages.Single();
        Assert.That((message.Type, (int)message.Json["version"]!, (string)message.Json["id"]!), Is.EqualTo(("client.registered", 1, message.Id)));
        Assert.That(message.IsSignedBy(hook.Secret), Is.True);
        Assert.That(message.IsSignedBy($"whsec_{Convert.ToBase64String(new byte[32])}"), Is.False);
        Assert.That(DateTimeOffset.FromUnixTimeSeconds(long.Parse(message.Timestamp, System.Globalization.CultureInfo.InvariantCulture)), Is.EqualTo(Host.Time.GetUtcNow()).Within(TimeSpan.FromSeconds(2)));
        Assert.That(message.Body, Does.Not.Contain(secret));
        var audit = Guid.Parse((string)message.Json["data"]!["audit_id"]!);
        Assert.That(await ReadAsync(rows => rows.AuditRecords.AnyAsync(record => record.Id == audit && record.Event == "client.registered")), Is.True);
        var delivery = (await DeliveriesAsync(hook)).Single();
        Assert.That((delivery.State, delivery.Tries, delivery.LastStatus), Is.EqualTo(("delivered", 1, (int?)204)));
        await RoundAsync();
        Assert.That(Receiver.Messages, Has.Count.EqualTo(1));
        Assert.That(Host.Log.Lines, Has.None.Contain(hook.Secret));
    }

    [Test]
    public async Task The_servers_own_schedule_sends_it()
    {
        await HookAsync();
        await HappenAsync();
        await (await SchedulerAsync()).ResumeJob(Deliver);
        try
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
            for (var i = 0; i < 200 && Receiver.Messages.Count == 0; i++)
            {
                Host.Time.Advance(TimeSpan.FromSeconds(2));
                await timer.WaitForNextTickAsync();
            }
        }
        finally
        {
            await PauseAsync();
        }

        Assert.That(Receiver.Messages.Select(message => message.Type), Does.Contain(AuditEvents.ProfileChanged));
    }

    [Test]
    public async Task What_is_rolled_back_is_told_to_nobody()
    {
        var hook = await HookAsync();
        await Host.InScopeAsync(async services =>
        {
            var rows = services.GetRequiredService<AppDbContext>();
            await using var transaction = await rows.Database.BeginTransactionAsync();
            await services.GetRequiredService<AuditLog>().WriteAsync(AuditEvents.ProfileChanged, "test");
            Assert.That(await CountAsync(rows), Is.EqualTo(1));
            await transaction.RollbackAsync();
        });
        Assert.That(await DeliveriesAsync(hook), Is.Empty);
    }

    [Test]
    public async Task Without_webhooks_nothing_is_written_down()
    {
        await HappenAsync();
        Assert.That(await ReadAsync(CountAsync), Is.Zero);
    }

    [Test]
    public async Task A_real_sign_in_and_a_barred_user_are_told()
    {
        await HookAsync(events: ["session.*", "user.disabled"]);
        using var browser = Browser();
        await browser.SignInAsync(await browser.GetAsync("/login"), Given.ClientAdmin);
        await Host.InScopeAsync(services => services.DisableUserAsync(Given.ClientAdmin));
        await Host.InScopeAsync(services => services.EnableUserAsync(Given.ClientAdmin));
        await RoundAsync();
        Assert.That(Receiver.Messages.Select(message => message.Type), Is.EquivalentTo(new[] { "signin.succeeded", "user.disabled", "signout" }));
    }

    [Test]
    public async Task What_did_not_arrive_is_tried_again_under_the_same_id_while_the_others_wait()
    {
        var hook = await HookAsync();
        Receiver.Answer = WebhookReceiver.Say(StatusCodes.Status500InternalServerError);
        await HappenAsync();
        await HappenAsync();
        await RoundAsync();
        Assert.That(Receiver.Messages, Has.Count.EqualTo(1), "the second waits when the first does not arrive");
        Assert.That((await StateAsync(hook)).State, Is.EqualTo("failing"));
        await RoundAsync();
        Assert.That(Receiver.Messages, Has.Count.EqualTo(1));
        Receiver.Answer = WebhookReceiver.Say(StatusCodes.Status200OK);
        Host.Time.Advance(TimeSpan.FromSeconds(31));
        await RoundAsync();
        await RoundAsync();
        Assert.That(Receiver.Messages.Select(message => message.Id).Distinct().Count(), Is.EqualTo(2));
        Assert.That(Receiver.Messages.GroupBy(message => message.Id).Max(group => group.Count()), Is.EqualTo(2));
        Assert.That((await StateAsync(hook)).State, Is.EqualTo("working"));
        Assert.That((await DeliveriesAsync(hook)).Select(delivery => delivery.State), Is.All.EqualTo("delivered"));
    }

    [Test]
    public async Task After_three_days_a_message_is_given_up_and_can_be_sent_once_more()
    {
        var hook = await HookAsync();
        Receiver.Answer = WebhookReceiver.Say(StatusCodes.Status503ServiceUnavailable);
        await HappenAsync();
        for (var i = 0; i < WebhookSchedule.MostTries; i++)
        {
            await RoundAsync();
            // Else the webhook would be switched off first.
            await InScopeAsync<AppDbContext>(rows => rows.Webhooks.ExecuteUpdateAsync(update => update.SetProperty(row => row.FailingSince, Host.Time.GetUtcNow().UtcDateTime.AddDays(30))));
            Host.Time.Advance(TimeSpan.FromHours(27));
        }

        var dead = (await DeliveriesAsync(hook)).Single();
        Assert.That((dead.State, dead.Tries, dead.LastStatus, dead.NextTryAt), Is.EqualTo(("given_up", 10, (int?)503, (DateTime?)null)));
        Receiver.Answer = WebhookReceiver.Say(StatusCodes.Status200OK);
        await RoundAsync();
        Assert.That((await DeliveriesAsync(hook)).Single().State, Is.EqualTo("given_up"));
        await InScopeAsync<WebhookDesk>(async desk => Assert.That((await desk.RedeliverAsync(hook.Webhook.Id, dead.Id)).Succeeded, Is.True));
        await RoundAsync();
        Assert.That((await DeliveriesAsync(hook)).Single().State, Is.EqualTo("delivered"));
        Assert.That(Receiver.Messages.Select(message => message.Id).Distinct(), Has.Exactly(1).Items);
    }

    [Test]
    public async Task Nothing_for_days_switches_it_off_and_the_owner_is_told()
    {
        var hook = await HookAsync();
        Receiver.Answer = WebhookReceiver.Say(StatusCodes.Status500InternalServerError);
        await HappenAsync();
        await RoundAsync();
        Host.Time.Advance(TimeSpan.FromDays(6));
        await RoundAsync();
        Assert.That(((await StateAsync(hook)).State, (await StateAsync(hook)).DisabledReason), Is.EqualTo(("off", "failing")));
        Assert.That(await ReadAsync(rows => rows.AuditRecords.AnyAsync(record => record.Event == AuditEvents.WebhookDisabled && record.Subject == hook.Webhook.Id.ToString() && record.Reason == "failing")), Is.True);
        Assert.That((await new Mailbox(Host).WaitAsync(Given.Alice, "webhook was switched off")).TextBody, Does.Contain("127.0.0.1"));
        var before = Receiver.Messages.Count;
        await HappenAsync();
        await RoundAsync();
        Assert.That(Receiver.Messages, Has.Count.EqualTo(before));
    }

    [Test]
    public async Task A_receiver_that_says_it_is_gone_is_asked_no_more()
    {
        var hook = await HookAsync();
        Receiver.Answer = WebhookReceiver.Say(StatusCodes.Status410Gone);
        await HappenAsync();
        await RoundAsync();
        Assert.That((await StateAsync(hook)).DisabledReason, Is.EqualTo("gone"));
    }

    [Test]
    public async Task A_redirect_is_not_followed_and_a_long_answer_not_read()
    {
        var hook = await HookAsync();
        Receiver.Answer = context =>
        {
            context.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        };
        await HappenAsync();
        await RoundAsync();
        Assert.That(Receiver.Messages.Select(message => message.Path), Is.EqualTo(new[] { "/hook" }));
        Assert.That((await DeliveriesAsync(hook)).Single().LastError, Does.Contain("redirects"));

        // An answer without an end: only its status counts.
        Receiver.Answer = async context =>
        {
            var junk = new byte[64 * 1024];
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(junk, context.RequestAborted);
            }
        };
        Host.Time.Advance(TimeSpan.FromSeconds(31));
        await RoundAsync();
        Assert.That((await DeliveriesAsync(hook)).Single().State, Is.EqualTo("delivered"));
    }

    [Test]
    public async Task For_a_day_old_and_new_secret_both_sign()
    {
        var hook = await HookAsync();
        IssuedWebhook? renewed = null;
        await InScopeAsync<WebhookRegistry>(async registry => renewed = (await registry.RotateSecretAsync(hook.Webhook.Id, "test")).Value);
        await HappenAsync();
        await RoundAsync();
        var both = Receiver.Messages.First(message => message.Type == AuditEvents.ProfileChanged);
        Assert.That((both.IsSignedBy(hook.Secret), both.IsSignedBy(renewed!.Secret)), Is.EqualTo((true, true)));
        Host.Time.Advance(TimeSpan.FromHours(25));
        await HappenAsync();
        await RoundAsync();
        var one = Receiver.Messages[^1];
        Assert.That((one.IsSignedBy(hook.Secret), one.IsSignedBy(renewed.Secret)), Is.EqualTo((false, true)));
    }

    [Test]
    public async Task A_node_that_has_not_seen_the_removal_goes_on_working()
    {
        var hook = await HookAsync();
        await HappenAsync();
        // As if another node had removed it: this one still believes in it.
        await InScopeAsync<AppDbContext>(rows => rows.Webhooks.Where(row => row.Id == hook.Webhook.Id).ExecuteDeleteAsync());
        await HappenAsync();
        await RoundAsync();
        Assert.That(Receiver.Messages, Is.Empty);
        Host.Time.Advance(TimeSpan.FromMinutes(6));
        await Host.InScopeAsync(async services => await ActivatorUtilities.CreateInstance<PruneWebhooksJob>(services).Execute(null!));
        Assert.That(await ReadAsync(CountAsync), Is.Zero);
        Host.Services.GetRequiredService<WebhookOutbox>().Invalidate();
    }

    [Test]
    public async Task Two_rounds_at_once_send_each_message_once()
    {
        await HookAsync();
        for (var i = 0; i < 15; i++)
        {
            await HappenAsync();
        }

        await Task.WhenAll(RoundAsync(), RoundAsync(), RoundAsync());
        await RoundAsync();
        Assert.That(Receiver.Messages, Has.Count.EqualTo(15));
        Assert.That(Receiver.Messages.Select(message => message.Id), Is.Unique);
    }

    [Test]
    public async Task Old_deliveries_are_pruned()
    {
        var hook = await HookAsync();
        await HappenAsync();
        await RoundAsync();
        Host.Time.Advance(TimeSpan.FromDays(31));
        await HappenAsync();
        await Host.InScopeAsync(async services => await ActivatorUtilities.CreateInstance<PruneWebhooksJob>(services).Execute(null!));
        Assert.That(await DeliveriesAsync(hook), Has.Count.EqualTo(1));
    }
}
