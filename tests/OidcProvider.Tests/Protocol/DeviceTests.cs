using System.Net;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.Protocol;

/// <summary>Device authorization: RFC 8628.</summary>
public class DeviceTests : ProviderFixture
{
    [Test]
    public async Task A_device_that_asks_too_often_is_slowed_down_more_and_more()
    {
        using var device = Client(Given.Device);
        var code = (await device.DeviceAsync())["device_code"];
        Assert.That((await device.PollAsync(code)).Error, Is.EqualTo("authorization_pending"));
        Assert.That((await device.PollAsync(code)).Error, Is.EqualTo("slow_down"));
        Host.Time.Advance(TimeSpan.FromSeconds(6));
        Assert.That((await device.PollAsync(code)).Error, Is.EqualTo("slow_down"), "the interval is ten seconds now");
        Host.Time.Advance(TimeSpan.FromSeconds(15));
        Assert.That((await device.PollAsync(code)).Error, Is.EqualTo("authorization_pending"));
    }

    [Test]
    public async Task A_code_expires_for_device_and_user()
    {
        using var device = Client(Given.Device);
        using var browser = Browser();
        var started = await device.DeviceAsync();
        await browser.SignInAsync(await browser.GetAsync("/device"));
        Host.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.That((await device.PollAsync(started["device_code"])).Error, Is.EqualTo("expired_token"));
        var page = await browser.GetAsync($"/device?user_code={started["user_code"]}");
        Assert.That((page.Status, page.Body.Contains("not valid or has expired", StringComparison.Ordinal)), Is.EqualTo((HttpStatusCode.BadRequest, true)));
    }

    [Test]
    public async Task Denying_tells_the_device()
    {
        using var device = Client(Given.Device);
        using var browser = Browser();
        var started = await device.DeviceAsync();
        var page = await browser.SignInAsync(await browser.GetAsync(started["verification_uri_complete"]!));
        await browser.SubmitAsync(page, "deny");
        Assert.That((await device.PollAsync(started["device_code"])).Error, Is.EqualTo("access_denied"));
    }

    [Test]
    public async Task The_complete_address_shows_what_is_asked_and_decides_nothing()
    {
        using var device = Client(Given.Device);
        using var browser = Browser();
        var started = await device.DeviceAsync();
        var page = await browser.SignInAsync(await browser.GetAsync(started["verification_uri_complete"]!));
        Assert.That(page.Body, Does.Contain(started["user_code"]).And.Contain("Only continue if you started this").And.Contain("name=\"user_code\""));
        Assert.That((await device.PollAsync(started["device_code"])).Error, Is.EqualTo("authorization_pending"));
    }

    [Test]
    public async Task The_code_may_be_typed_in_small_letters_and_without_its_hyphen()
    {
        using var device = Client(Given.Device);
        using var browser = Browser();
        await browser.SignInAsync(await browser.GetAsync("/device"));
        var code = (await device.DeviceAsync())["user_code"]!;
        foreach (var typed in new[] { code, code.ToLowerInvariant(), code.Replace("-", "", StringComparison.Ordinal), code.Replace('-', ' ') })
        {
            Assert.That((await browser.GetAsync($"/device?user_code={Uri.EscapeDataString(typed)}")).Title, Does.Contain($"App {Given.Device}"), typed);
        }
    }

    [Test]
    public async Task A_decision_is_made_once()
    {
        using var device = Client(Given.Device);
        using var browser = Browser();
        var started = await device.DeviceAsync();
        var page = await browser.SignInAsync(await browser.GetAsync(started["verification_uri_complete"]!));
        await browser.SubmitAsync(page, "deny");
        var late = await browser.SubmitAsync(page, "allow");
        Assert.That(late.Status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That((await device.PollAsync(started["device_code"])).Error, Is.EqualTo("access_denied"));
    }

    [Test]
    public async Task A_device_code_is_for_its_client_and_redeemed_once()
    {
        using var device = Client(Given.Device);
        using var thief = new RelyingParty(Host, Given.Spa, null, null);
        using var browser = Browser();
        var started = await device.DeviceAsync();
        await browser.SubmitAsync(await browser.SignInAsync(await browser.GetAsync(started["verification_uri_complete"]!)), "allow");
        Assert.That((await thief.PollAsync(started["device_code"])).Status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That((await device.PollAsync(started["device_code"])).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await device.PollAsync(started["device_code"])).Error, Is.EqualTo("invalid_grant"));
    }
}
