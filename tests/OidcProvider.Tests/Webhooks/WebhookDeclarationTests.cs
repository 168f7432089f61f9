using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Declarations;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.Webhooks;

/// <summary>A webhook that a file brings, with a secret that its receiver knows already.</summary>
public class WebhookDeclarationTests : WebhookFixture
{
    [Test]
    public async Task The_secret_of_a_file_signs_and_another_one_takes_its_place_with_an_overlap()
    {
        using var owner = await AdminApi.SignInAsync(Host, Given.Alice, "openid admin.configuration.read admin.configuration.write");
        var (first, second) = (Secret(1), Secret(2));
        Assert.That((await owner.SendAsync(HttpMethod.Post, "configuration/apply", File(first), "*")).Status, Is.EqualTo(200));
        await HappenAsync();
        await RoundAsync();
        Assert.That(Receiver.Messages[^1].IsSignedBy(first), Is.True);

        var (_, plan, _) = await owner.SendAsync(HttpMethod.Post, "configuration/plan", File(second));
        Assert.That((string?)plan!["steps"]!.AsArray().Single()!["changes"]!.AsArray().Single()!["field"], Is.EqualTo("secret"));
        Assert.That((await owner.SendAsync(HttpMethod.Post, "configuration/plan", File(first))).Body!["steps"]!.AsArray(), Is.Empty);
        Assert.That((await owner.SendAsync(HttpMethod.Post, "configuration/apply", File(second), "*")).Status, Is.EqualTo(200));
        await HappenAsync();
        await RoundAsync();
        Assert.That((Receiver.Messages[^1].IsSignedBy(first), Receiver.Messages[^1].IsSignedBy(second)), Is.EqualTo((true, true)));
        Host.Time.Advance(TimeSpan.FromDays(2));
        await HappenAsync();
        await RoundAsync();
        Assert.That((Receiver.Messages[^1].IsSignedBy(first), Receiver.Messages[^1].IsSignedBy(second)), Is.EqualTo((false, true)));

        using var auditor = await AdminApi.SignInAsync(Host, Given.Auditor, "openid admin.configuration.read");
        Assert.That((await auditor.SendAsync(HttpMethod.Post, "configuration/plan", File(first))).Body!["steps"]!.AsArray(), Is.Empty, "who may not write does not learn secrets by trying");
    }

    [Test]
    public async Task Of_several_at_one_address_each_keeps_its_secret_whichever_a_file_drops()
    {
        await ApplyAsync(Files(Entry(Secret(1), "password.changed"), Entry(Secret(2), "profile.changed"), Entry(Secret(3), "role.renamed")));
        var before = await KeptAsync();

        // Without their secrets, as a file lies in a repository, in another order, and one of them changed.
        var described = Entry(null, "role.renamed");
        described["description"] = "Directory";
        Assert.That(await ApplyAsync(Files(described, Entry(null, "profile.changed"))), Is.EquivalentTo(new[] { PlanStep.Change, PlanStep.Remove }));
        Assert.That(await KeptAsync(), Is.EquivalentTo(before.Where(pair => pair.Key != "password.changed")), "the same webhooks");
        await HappenAsync();
        await RoundAsync();
        Assert.That(Receiver.Messages.Single().IsSignedBy(Secret(2)), Is.True);
    }

    // What the file does not name goes; the actions of the plan.
    private async Task<IReadOnlyList<string>> ApplyAsync(JsonObject file)
    {
        List<PlanStep> steps = [];
        await InScopeAsync<WebhookDeclaration>(async webhooks =>
        {
            var parsed = BootstrapFile.Parse(file.ToJsonString()).Value;
            await webhooks.PlanAsync(steps, parsed, prune: true, withSecrets: true, CancellationToken.None);
            Assert.That(await webhooks.CheckAsync(parsed, CancellationToken.None), Is.Empty);
            Assert.That(await webhooks.ApplyAsync(parsed, new ApplyOptions(ExistingUsers.Update, Prune: true, "test"), () => { }, CancellationToken.None), Is.Empty);
            webhooks.Committed();
        });
        return [.. steps.Select(step => step.Action)];
    }

    private async Task<Dictionary<string, Guid>> KeptAsync() =>
        (await ReadAsync(rows => rows.Webhooks.AsNoTracking().ToListAsync())).ToDictionary(row => row.Events, row => row.Id);

    private JsonObject Entry(string? secret, params string[] events) => new()
    {
        ["url"] = new Uri(Receiver.Address, "/shared").AbsoluteUri, ["secret"] = secret, ["events"] = new JsonArray([.. events.Select(name => (JsonNode)name)]),
    };

    private static JsonObject Files(params JsonObject[] entries) => new() { ["webhooks"] = new JsonArray([.. entries.Select(entry => entry.DeepClone())]) };

    private static string Secret(byte fill) => $"whsec_{Convert.ToBase64String(Enumerable.Repeat(fill, 32).ToArray())}";

    private JsonObject File(string secret) => new()
    {
        ["webhooks"] = new JsonArray(new JsonObject { ["url"] = new Uri(Receiver.Address, "/declared").AbsoluteUri, ["secret"] = secret, ["events"] = new JsonArray("profile.changed") }),
    };
}
