using System.Text.Json.Nodes;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.Webhooks;

/// <summary><c>/api/admin/v1/webhooks</c>.</summary>
public class WebhookApiTests : WebhookFixture
{
    private const string Scopes = "openid admin.webhooks.read admin.webhooks.write";

    [Test]
    public async Task A_webhook_is_registered_changed_tested_and_removed()
    {
        using var owner = await AdminApi.SignInAsync(Host, Given.Alice, Scopes);
        var (status, body, _) = await owner.SendAsync(HttpMethod.Post, "webhooks", Body("user.*"));
        Assert.That(status, Is.EqualTo(201), body?.ToJsonString());
        var secret = (string)body!["secret"]!;
        var id = (string)body["webhook"]!["id"]!;
        Assert.That(secret, Does.Match("^whsec_[A-Za-z0-9+/]{43}=$"));

        var (_, shown, response) = await owner.GetAsync($"webhooks/{id}");
        Assert.That(shown!.ToJsonString(), Does.Not.Contain(secret));
        var tag = response.Headers.ETag!.ToString();
        Assert.That((await owner.SendAsync(HttpMethod.Put, $"webhooks/{id}", Body("key.*"))).Status, Is.EqualTo(428));
        var (changed, now, _) = await owner.SendAsync(HttpMethod.Put, $"webhooks/{id}", Body("key.*"), tag);
        Assert.That((changed, now!["events"]!.ToJsonString()), Is.EqualTo((200, "[\"key.*\"]")));
        Assert.That((await owner.SendAsync(HttpMethod.Put, $"webhooks/{id}", Body("user.*"), tag)).Status, Is.EqualTo(412));

        Assert.That((await owner.SendAsync(HttpMethod.Post, $"webhooks/{id}/test")).Status, Is.EqualTo(202));
        await RoundAsync();
        Assert.That(Receiver.Messages.Single().Type, Is.EqualTo("webhook.test"));
        var (_, list, _) = await owner.GetAsync($"webhooks/{id}/deliveries?state=delivered");
        var delivery = (string)list!["items"]![0]!["id"]!;
        Assert.That((await owner.SendAsync(HttpMethod.Post, $"webhooks/{id}/deliveries/{delivery}/redeliver")).Status, Is.EqualTo(202));
        await RoundAsync();
        Assert.That(Receiver.Messages.Select(message => message.Id), Is.EqualTo(new[] { delivery, delivery }));

        Assert.That((string?)(await owner.SendAsync(HttpMethod.Post, $"webhooks/{id}/secret")).Body!["secret"], Does.StartWith("whsec_").And.Not.EqualTo(secret));
        Assert.That((string?)(await owner.SendAsync(HttpMethod.Post, $"webhooks/{id}/disable")).Body!["state"], Is.EqualTo("off"));
        Assert.That((string?)(await owner.SendAsync(HttpMethod.Post, $"webhooks/{id}/test")).Body!["code"], Is.EqualTo("webhook_off"));
        var (_, working, enabled) = await owner.SendAsync(HttpMethod.Post, $"webhooks/{id}/enable");
        Assert.That((string?)working!["state"], Is.EqualTo("working"));
        var late = await owner.SendAsync(HttpMethod.Delete, $"webhooks/{id}", ifMatch: tag);
        Assert.That((late.Status, (string?)late.Body!["code"]), Is.EqualTo((412, "version_changed")));
        Assert.That((await owner.SendAsync(HttpMethod.Delete, $"webhooks/{id}")).Status, Is.EqualTo(428));
        Assert.That((await owner.SendAsync(HttpMethod.Delete, $"webhooks/{id}", ifMatch: enabled.Headers.ETag!.ToString())).Status, Is.EqualTo(204));
        Assert.That((await owner.SendAsync(HttpMethod.Delete, $"webhooks/{id}", ifMatch: "*")).Status, Is.EqualTo(404));
    }

    [Test]
    public async Task Faults_are_named_by_field_and_roles_are_kept()
    {
        using var owner = await AdminApi.SignInAsync(Host, Given.Alice, Scopes);
        foreach (var (url, events, field) in new[] { ("https://169.254.169.254/", "*", "url"), ("https://10.0.0.1/", "*", "url"), ("http://hooks.example/", "*", "url"), ("https://hooks.example/", "nonsense", "events") })
        {
            var (status, body, _) = await owner.SendAsync(HttpMethod.Post, "webhooks", new JsonObject { ["url"] = url, ["events"] = new JsonArray(events) });
            Assert.That((status, (string?)body!["errors"]![0]!["field"]), Is.EqualTo((422, field)), url);
        }

        using var auditor = await AdminApi.SignInAsync(Host, Given.Auditor, Scopes);
        Assert.That((await auditor.GetAsync("webhooks")).Status, Is.EqualTo(200));
        Assert.That((await auditor.SendAsync(HttpMethod.Post, "webhooks", Body("*"))).Status, Is.EqualTo(403));
        using var ursula = await AdminApi.SignInAsync(Host, Given.UserAdmin, Scopes);
        Assert.That((await ursula.GetAsync("webhooks")).Status, Is.EqualTo(403));
    }

    private JsonObject Body(params string[] events) => new()
    {
        ["url"] = new Uri(Receiver.Address, "/hook").AbsoluteUri, ["events"] = new JsonArray([.. events.Select(name => (JsonNode)name)]),
    };
}
