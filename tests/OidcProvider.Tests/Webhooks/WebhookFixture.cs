using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.Audit;
using OidcProvider.Data;
using OidcProvider.TestKit;
using OidcProvider.Webhooks;
using Quartz;

namespace OidcProvider.Tests.Webhooks;

/// <summary>A server that may call this machine, a receiver for each test, and rounds of sending made when the test says so.</summary>
public abstract class WebhookFixture(Database database = Database.Sqlite) : ProviderFixture(database)
{
    protected override JsonObject? Bootstrap => Given.Administration();

    protected override IReadOnlyDictionary<string, string>? Settings => new Dictionary<string, string> { ["Protocol:AllowLoopbackCallouts"] = "true" };

    protected static JobKey Deliver { get; } = new(nameof(DeliverWebhooksJob));

    protected WebhookReceiver Receiver { get; private set; } = null!;

    /// <summary>The server's own rounds would take messages away from ours, half sent.</summary>
    [OneTimeSetUp]
    public async Task PauseAsync()
    {
        var scheduler = await SchedulerAsync();
        await scheduler.PauseJob(Deliver);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while ((await scheduler.QueryFireInstances(new FireInstanceQuery { Job = Deliver })).Items.Count > 0)
        {
            await timer.WaitForNextTickAsync();
        }
    }

    [SetUp]
    public async Task OpenAsync() => Receiver = await WebhookReceiver.StartAsync();

    [TearDown]
    public async Task CloseAsync()
    {
        await InScopeAsync<WebhookRegistry>(async registry =>
        {
            foreach (var hook in await registry.ListAsync())
            {
                await registry.RemoveAsync(hook.Id, "test");
            }
        });
        await Receiver.DisposeAsync();
    }

    protected async Task<IScheduler> SchedulerAsync() => await Host.Services.GetRequiredService<ISchedulerFactory>().GetScheduler();

    internal async Task<IssuedWebhook> HookAsync(string path = "/hook", params string[] events)
    {
        IssuedWebhook? made = null;
        await InScopeAsync<WebhookRegistry>(async registry => made = (await registry.AddAsync(new(new Uri(Receiver.Address, path).AbsoluteUri, null, events is [] ? ["*"] : events), "test")).Value);
        return made!;
    }

    protected Task HappenAsync(string @event = AuditEvents.ProfileChanged, string? subject = "somebody") => InScopeAsync<AuditLog>(audit => audit.WriteAsync(@event, "test", subject));

    protected Task RoundAsync() => Host.Services.GetRequiredService<WebhookRound>().RunAsync(CancellationToken.None);

    internal async Task<WebhookView> StateAsync(IssuedWebhook hook)
    {
        WebhookView? view = null;
        await InScopeAsync<WebhookRegistry>(async registry => view = await registry.FindAsync(hook.Webhook.Id));
        return view!;
    }

    internal async Task<IReadOnlyList<DeliveryView>> DeliveriesAsync(IssuedWebhook hook)
    {
        IReadOnlyList<DeliveryView> list = [];
        await InScopeAsync<WebhookDesk>(async desk => list = await desk.ListAsync(hook.Webhook.Id, null, null, 500));
        return list;
    }

    protected async Task<T> ReadAsync<T>(Func<AppDbContext, Task<T>> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        T? result = default;
        await InScopeAsync<AppDbContext>(async rows => result = await read(rows));
        return result!;
    }

    protected Task InScopeAsync<T>(Func<T, Task> act) where T : notnull => Host.InScopeAsync(services => act(services.GetRequiredService<T>()));

    protected static Task<int> CountAsync(AppDbContext rows) => rows.WebhookDeliveries.CountAsync();
}
