using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.ApiKeys;
using OidcProvider.TestKit;
using OidcProvider.Tests.ApiKeys;

namespace OidcProvider.Tests.Account;

/// <summary><c>/account/api-keys</c>: users for themselves, where the settings let them.</summary>
public class ApiKeyPageTests : ApiKeyFixture
{
    protected override IReadOnlyDictionary<string, string>? Settings => new Dictionary<string, string> { ["ApiKeys:AllowForUsers"] = "true", ["ApiKeys:MaxLifetime"] = "30.00:00:00", ["ApiKeys:DefaultLifetime"] = "30.00:00:00" };

    [Test]
    public async Task A_user_makes_a_key_sees_it_once_and_revokes_it()
    {
        using var bob = await SignedInAsync(Given.Bob);
        var page = await bob.GetAsync("/account/api-keys");
        Assert.That(page.Title, Is.EqualTo("API keys"));
        Assert.That(page.Body, Does.Not.Contain("admin."));
        var made = await MakeAsync(bob, page, ("name", "backup"), ("days", "7"), ("scope", "api"));
        var key = Regex.Match(made.Body, "oidck_[0-9A-Za-z]{8}_[0-9A-Za-z]{49}").Value;
        Assert.That((await ExchangeAsync(key))["access_token"], Is.Not.Null);
        var again = await bob.GetAsync("/account/api-keys");
        Assert.That(again.Body, Does.Contain(key[..14]).And.Not.Contain(key));
        Assert.That((await bob.GetAsync("/account/activity")).Body, Does.Contain("API key made"));
        Assert.That((await bob.SubmitAsync(again)).Body, Does.Contain("The API key is revoked."));
        Assert.That((await ExchangeAsync(key)).Error, Is.EqualTo("invalid_request"));
    }

    [Test]
    public async Task What_is_wrong_is_said_at_its_field_and_nothing_is_made()
    {
        using var bob = await SignedInAsync(Given.Bob);
        var page = await bob.GetAsync("/account/api-keys");
        foreach (var (fields, words) in new ((string, string)[], string)[]
        {
            ([("name", ""), ("days", "7"), ("scope", "api")], "Enter a name"), ([("name", "x"), ("days", "31"), ("scope", "api")], "from 1 to 30"), ([("name", "x"), ("days", "7")], "Choose at least one"),
            ([("name", "x"), ("days", "7"), ("scope", "admin.keys.read")], "Choose at least one"),
        })
        {
            var refused = await MakeAsync(bob, page, fields);
            Assert.That(((int)refused.Status, refused.Body.Contains(words, StringComparison.Ordinal)), Is.EqualTo((400, true)), words);
        }
    }

    [Test]
    public async Task Another_users_key_is_out_of_reach()
    {
        var made = await KeyAsync(Given.Alice, "admin.keys.read");
        using var bob = await SignedInAsync(Given.Bob);
        await KeyAsync(Given.Bob);
        await bob.SubmitAsync(await bob.GetAsync("/account/api-keys"), null, ("id", made.View.Id.ToString()));
        using var service = AdminApi.With(Host, made.Key);
        Assert.That((await service.GetAsync("keys")).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task It_asks_for_a_fresh_sign_in()
    {
        using var bob = await SignedInAsync(Given.Bob);
        var page = await bob.GetAsync("/account/api-keys");
        Host.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.That((await bob.GetAsync("/account/api-keys")).Body, Does.Contain("current-password"));
        Assert.That((await MakeAsync(bob, page, ("name", "x"), ("days", "7"), ("scope", "api"))).Body, Does.Contain("current-password"));
    }

    // The form that makes a key is the last one of the page.
    private static Task<Page> MakeAsync(UserAgent agent, Page page, params (string Name, string Value)[] fields) => agent.PostAsync("/account/api-keys",
        [new("__RequestVerificationToken", Regex.Matches(page.Body, "name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]*)\"").Last().Groups[1].Value), .. fields.Select(field => new KeyValuePair<string, string>(field.Name, field.Value))]);

    private async Task<UserAgent> SignedInAsync(string user)
    {
        var agent = Browser();
        await agent.SignInAsync(await agent.GetAsync("/login"), user);
        return agent;
    }
}

/// <summary>Where users may not, the page is not there.</summary>
public class NoApiKeyPageTests : ApiKeyFixture
{
    [Test]
    public async Task The_page_and_its_link_are_not_there()
    {
        Assert.That(Host.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<ApiKeysOptions>>().Value.AllowForUsers, Is.False);
        using var bob = Browser();
        await bob.SignInAsync(await bob.GetAsync("/login"), Given.Bob);
        Assert.That((int)(await bob.GetAsync("/account/api-keys")).Status, Is.EqualTo(404));
        Assert.That((await bob.GetAsync("/account")).Body, Does.Not.Contain("/account/api-keys"));
    }
}
