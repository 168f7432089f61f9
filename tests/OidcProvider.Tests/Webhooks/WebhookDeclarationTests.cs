using System.Text.Json.Nodes;
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

    private static string Secret(byte fill) => $"whsec_{Convert.ToBase64String(Enumerable.Repeat(fill, 32).ToArray())}";

    private JsonObject File(string secret) => new()
    {
        ["webhooks"] = new JsonArray(new JsonObject { ["url"] = new Uri(Receiver.Address, "/declared").AbsoluteUri, ["secret"] = secret, ["events"] = new JsonArray("profile.changed") }),
    };
}
