using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.TestKit;
using OidcProvider.Users;

namespace OidcProvider.Tests.SignIn;

/// <summary>
/// Passkeys against a passkey of our own making that lies (WebAuthn Level 3 §7.1, §7.2; attacks G09, G11), on every database. What a real browser
/// does with them is in the browser tests.
/// </summary>
[TestFixture(Database.Sqlite), TestFixture(Database.PostgreSql), Category("Provider")]
public class PasskeyTests(Database database) : ProviderFixture(database)
{
    protected override string HostName => "localhost";

    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string> { ["Users:RequireMfaForRoles"] = "admin", ["Throttling:LoginAttempts"] = "5", ["Hosting:KnownProxies:0"] = "127.0.0.1" };

    [Test]
    public async Task A_passkey_is_added_signs_in_alone_and_counts_as_two_factors()
    {
        var (user, browser) = await SignedInAsync();
        using var passkey = NewPasskey();
        await AddAsync(browser, passkey, "My laptop");
        var list = await browser.GetAsync("/account/passkeys");
        Assert.That(list.Body, Does.Contain("My laptop").And.Contain("not used yet").And.Contain("on one device"));
        await new Mailbox(Host).WaitAsync(user, "passkey was added");

        using var other = Browser();
        Assert.That((await SignInAsync(other, passkey)).Title, Is.EqualTo("You are signed in"));
        Assert.That((await browser.GetAsync("/account/passkeys")).Body, Does.Contain("last used"));
        using var client = Client(Given.Trusted);
        var id = (await client.RedeemAsync((await other.GetAsync(client.AuthorizationUrl())).Parameter("code")!)).IdToken;
        Assert.That((id.GetPayloadValue<string[]>("amr"), id.GetPayloadValue<string>("acr")), Is.EqualTo((new[] { "hwk", "user", "mfa" }, "aal2")));
    }

    private static IEnumerable<TestCaseData> Assertions()
    {
        yield return Lie("an origin of somebody else", new(Origin: "https://evil.example"));
        yield return Lie("a sub-domain", new(Origin: "http://evil.localhost:PORT"));
        yield return Lie("another port", new(Origin: "http://localhost:1"));
        yield return Lie("another scheme", new(Origin: "https://localhost:PORT"));
        yield return Lie("an origin that only begins alike", new(Origin: "http://localhost:PORT.evil.example"));
        yield return Lie("no origin", new(Origin: ""));
        yield return Lie("a frame of another origin", new(MoreClientData: ",\"crossOrigin\":true"));
        yield return Lie("a frame in another page", new(MoreClientData: ",\"crossOrigin\":true,\"topOrigin\":\"https://evil.example\""));
        yield return Lie("a second origin", new(MoreClientData: ",\"origin\":\"https://evil.example\""));
        yield return Lie("another relying party", new(RpId: "evil.example"));
        yield return Lie("nobody present", new(Flags: SoftPasskey.Verified));
        yield return Lie("nobody verified", new(Flags: SoftPasskey.Present));
        yield return Lie("backed up but not eligible", new(Flags: SoftPasskey.Present | SoftPasskey.Verified | SoftPasskey.BackedUp));
        yield return Lie("eligible all of a sudden", new(Flags: SoftPasskey.Present | SoftPasskey.Verified | SoftPasskey.BackupEligible));
        yield return Lie("a counter that goes back", new(Counter: 3));
        yield return Lie("the type of a registration", new(Type: "webauthn.create"));
        yield return Lie("another challenge", new(Challenge: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
        yield return Lie("a broken signature", new(BreakSignature: true));
        yield return Lie("another kind of credential", new(CredentialType: "password"));
        yield return Lie("a credential nobody has", new(CredentialId: new byte[32]));
        yield return Lie("somebody else's user handle", new(UserHandle: "MDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAw"));

        static TestCaseData Lie(string name, PasskeyLie lie) => new TestCaseData(lie).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Assertions))]
    public async Task G11_an_assertion_that_lies_signs_nobody_in(PasskeyLie lie)
    {
        ArgumentNullException.ThrowIfNull(lie);
        var (_, browser) = await SignedInAsync();
        using var passkey = NewPasskey();
        passkey.Counter = 5;
        await AddAsync(browser, passkey);
        passkey.Counter = 7;
        using var other = Browser();
        var refused = await SignInAsync(other, passkey, lie with { Origin = lie.Origin?.Replace("PORT", $"{Host.Issuer.Port}", StringComparison.Ordinal) });
        Assert.That((refused.Status, refused.Body.Contains("role=\"alert\"", StringComparison.Ordinal)), Is.EqualTo((HttpStatusCode.Unauthorized, true)));
        Assert.That((await other.GetAsync("/account")).Title, Is.EqualTo("Sign in"));
        Assert.That((await SignInAsync(other, passkey)).Title, Is.EqualTo("You are signed in"), "the truth does");
    }

    private static IEnumerable<TestCaseData> Attestations()
    {
        yield return new TestCaseData(new PasskeyLie(Origin: "https://evil.example")).SetArgDisplayNames("origin");
        yield return new TestCaseData(new PasskeyLie(RpId: "evil.example")).SetArgDisplayNames("relying party");
        yield return new TestCaseData(new PasskeyLie(Flags: SoftPasskey.Present)).SetArgDisplayNames("nobody verified");
        yield return new TestCaseData(new PasskeyLie(Flags: SoftPasskey.Verified)).SetArgDisplayNames("nobody present");
        yield return new TestCaseData(new PasskeyLie(Type: "webauthn.get")).SetArgDisplayNames("type of a sign-in");
        yield return new TestCaseData(new PasskeyLie(Algorithm: -999)).SetArgDisplayNames("unknown algorithm");
        yield return new TestCaseData(new PasskeyLie(Challenge: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")).SetArgDisplayNames("challenge");
        yield return new TestCaseData(new PasskeyLie(MoreClientData: ",\"crossOrigin\":true")).SetArgDisplayNames("frame");
    }

    [TestCaseSource(nameof(Attestations))]
    public async Task G11_a_registration_that_lies_adds_nothing(PasskeyLie lie)
    {
        var (_, browser) = await SignedInAsync();
        using var passkey = NewPasskey();
        var refused = await AddAsync(browser, passkey, lie: lie);
        Assert.That((refused.Status, refused.Body.Contains("could not be added", StringComparison.Ordinal)), Is.EqualTo((HttpStatusCode.BadRequest, true)));
        Assert.That((await browser.GetAsync("/account/passkeys")).Body, Does.Contain("You have none yet"));
    }

    [TestCase(""), TestCase("{}"), TestCase("[]"), TestCase("null"), TestCase("{\"id\":1}"), TestCase("{\"id\":\"AA\",\"rawId\":\"AA\",\"type\":\"public-key\",\"response\":{}}"), TestCase("HUGE"), TestCase("DEEP")]
    public async Task G11_what_is_no_credential_is_refused_as_one(string credential)
    {
        ArgumentNullException.ThrowIfNull(credential);
        credential = credential switch { "HUGE" => new string('x', 200_000), "DEEP" => new string('[', 50_000), _ => credential };
        using var browser = Browser();
        var page = await browser.GetAsync("/login");
        var begun = JsonNode.Parse((await browser.PostAsync("/login?handler=Options", Tokens(page))).Body)!;
        var refused = await browser.PostAsync("/login?handler=Passkey", [.. Tokens(page), new("ceremony", (string)begun["ceremony"]!), new("credential", credential)]);
        Assert.That(refused.Status, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task G09_what_belongs_to_one_user_is_worth_nothing_to_another()
    {
        var (first, mine) = await SignedInAsync();
        var (second, theirs) = await SignedInAsync();
        using var passkey = NewPasskey();
        await AddAsync(mine, passkey);

        // The same credential id again, for somebody else.
        using var copy = new SoftPasskey("localhost", Host.IssuerValue) { Id = passkey.Id };
        Assert.That((await AddAsync(theirs, copy)).Status, Is.EqualTo(HttpStatusCode.BadRequest));

        // A ceremony that another user began.
        using var another = NewPasskey();
        var page = await mine.GetAsync("/account/passkeys");
        var begun = JsonNode.Parse((await mine.PostAsync("/account/passkeys?handler=Options", Tokens(page))).Body)!;
        var foreign = await theirs.PostAsync("/account/passkeys?handler=Add", [.. Tokens(await theirs.GetAsync("/account/passkeys")), new("ceremony", (string)begun["ceremony"]!), new("credential", another.Attest(begun["options"]!)), new("name", "x")]);
        Assert.That(foreign.Status, Is.EqualTo(HttpStatusCode.BadRequest));

        // Their second step with a passkey of somebody else; a ceremony of a sign-in for a registration, and back.
        using var key = NewPasskey();
        await AddAsync(theirs, key);
        using var half = Browser();
        var step = await half.SignInAsync(await half.GetAsync("/login"), second);
        Assert.That(step.Title, Is.EqualTo("Confirm it is you"));
        Assert.That((await AnswerAsync(half, "/login/mfa", step, passkey)).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
        var login = JsonNode.Parse((await half.PostAsync("/login?handler=Options", Tokens(step))).Body)!;
        Assert.That((await half.PostAsync("/login/mfa?handler=Passkey", [.. Tokens(step), new("ceremony", (string)login["ceremony"]!), new("credential", key.Assert(login["options"]!))])).Status, Is.EqualTo(HttpStatusCode.Unauthorized), "begun at another step");
        begun = JsonNode.Parse((await mine.PostAsync("/account/passkeys?handler=Options", Tokens(page))).Body)!;
        Assert.That((await half.PostAsync("/login?handler=Passkey", [.. Tokens(step), new("ceremony", (string)begun["ceremony"]!), new("credential", passkey.Assert(begun["options"]!))])).Status, Is.EqualTo(HttpStatusCode.Unauthorized), "begun for a registration");
        Assert.That((await half.GetAsync("/account")).Title, Is.EqualTo("Sign in"));

        // Renaming and removing by id.
        var own = await theirs.GetAsync("/account/passkeys");
        await theirs.PostAsync("/account/passkeys?handler=Remove", [.. Tokens(own), new("id", passkey.IdText)]);
        await theirs.PostAsync("/account/passkeys?handler=Rename", [.. Tokens(own), new("id", passkey.IdText), new("name", "Stolen")]);
        Assert.That((await mine.GetAsync("/account/passkeys")).Body, Does.Contain(passkey.IdText).And.Not.Contain("Stolen"), first);
    }

    [Test]
    public async Task G09_an_answer_is_good_once_also_when_it_comes_twenty_times_at_once()
    {
        var (_, browser) = await SignedInAsync();
        using var passkey = NewPasskey();
        await AddAsync(browser, passkey);
        using var other = Browser();
        var page = await other.GetAsync("/login");
        var begun = JsonNode.Parse((await other.PostAsync("/login?handler=Options", Tokens(page))).Body)!;
        KeyValuePair<string, string>[] form = [.. Tokens(page), new("ceremony", (string)begun["ceremony"]!), new("credential", passkey.Assert(begun["options"]!))];
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => other.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/login?handler=Passkey") { Content = new FormUrlEncodedContent(form) })));
        Assert.That(answers.Count(answer => answer.Status == HttpStatusCode.Redirect), Is.EqualTo(1));
        Assert.That(answers.Count(answer => answer.Status == HttpStatusCode.Unauthorized), Is.EqualTo(19));
    }

    [Test]
    public async Task E07_a_passkey_gets_its_owner_in_while_the_account_is_locked_and_a_barred_one_stays_out()
    {
        var (user, browser) = await SignedInAsync();
        using var passkey = NewPasskey();
        await AddAsync(browser, passkey);
        await Host.InScopeAsync(async services =>
        {
            var id = (await services.GetRequiredService<UserDirectory>().FindByNameAsync(user))!.Id;
            Assert.That(await services.GetRequiredService<AccountGuards>().FailAsync(id, 1, TimeSpan.FromDays(1)), Is.True);
        });
        using var stranger = Browser();
        Assert.That((await stranger.SignInAsync(await stranger.GetAsync("/login"), user)).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That((await SignInAsync(stranger, passkey)).Title, Is.EqualTo("You are signed in"));

        await Host.InScopeAsync(services => services.DisableUserAsync(user));
        using var barred = Browser();
        Assert.That((await SignInAsync(barred, passkey)).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task The_last_factor_of_who_needs_one_stays_and_a_removed_passkey_opens_nothing()
    {
        var user = await UserAsync();
        using var browser = Browser();
        await browser.SignInAsync(await browser.GetAsync("/login"), user);
        using var passkey = NewPasskey();
        using var second = NewPasskey();
        await AddAsync(browser, passkey, "First");
        await AddAsync(browser, second, "Second");
        await Host.InScopeAsync(services => services.GetRequiredService<UserDirectory>().UpdateAsync(new UserDefinition { Email = user, Roles = ["admin"] }, "test"));
        var removed = await RemoveAsync(browser, passkey);
        Assert.That(removed.Body, Does.Contain("The passkey is removed").And.Contain("You could still sign in with your password."));
        await new Mailbox(Host).WaitAsync(user, "passkey was removed");
        using var other = Browser();
        var refused = await SignInAsync(other, passkey);
        Assert.That((refused.Status, refused.Body.Contains($"data-passkey-unknown=\"{passkey.IdText}\"", StringComparison.Ordinal)), Is.EqualTo((HttpStatusCode.Unauthorized, true)), "its keeper is told");

        var kept = await RemoveAsync(browser, second);
        Assert.That((kept.Status, kept.Body.Contains("needs a second factor", StringComparison.Ordinal)), Is.EqualTo((HttpStatusCode.BadRequest, true)));
        Assert.That((await SignInAsync(other, second)).Title, Is.EqualTo("You are signed in"));
    }

    [Test]
    public async Task G10_ceremonies_are_random_kept_hashed_and_over_after_five_minutes()
    {
        var (_, browser) = await SignedInAsync();
        using var passkey = NewPasskey();
        await AddAsync(browser, passkey);
        using var other = Browser();
        var page = await other.GetAsync("/login");
        List<JsonNode> begun = [];
        for (var index = 0; index < 20; index++)
        {
            begun.Add(JsonNode.Parse((await other.PostAsync("/login?handler=Options", Tokens(page))).Body)!);
        }

        Assert.That(begun.Select(one => (string?)one["options"]!["challenge"]).Distinct().Count(), Is.EqualTo(20));
        Assert.That(begun.Select(one => ((string)one["options"]!["challenge"]!).Length), Has.All.GreaterThanOrEqualTo(22), "128 bits");
        Assert.That(begun.Select(one => (string?)one["options"]!["rpId"]), Has.All.EqualTo("localhost"));
        KeyValuePair<string, string>[] late = [.. Tokens(page), new("ceremony", (string)begun[0]["ceremony"]!), new("credential", passkey.Assert(begun[0]["options"]!))];
        Host.Time.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(1));
        Assert.That((await other.PostAsync("/login?handler=Passkey", late)).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    private SoftPasskey NewPasskey() => new("localhost", Host.IssuerValue);

    private static async Task<Page> AddAsync(UserAgent browser, SoftPasskey passkey, string name = "Key", PasskeyLie? lie = null)
    {
        var page = await browser.GetAsync("/account/passkeys");
        var begun = JsonNode.Parse((await browser.PostAsync("/account/passkeys?handler=Options", Tokens(page))).Body)!;
        return await browser.PostAsync("/account/passkeys?handler=Add", [.. Tokens(page), new("ceremony", (string)begun["ceremony"]!), new("credential", passkey.Attest(begun["options"]!, lie)), new("name", name)]);
    }

    private static async Task<Page> RemoveAsync(UserAgent browser, SoftPasskey passkey) =>
        await browser.PostAsync("/account/passkeys?handler=Remove", [.. Tokens(await browser.GetAsync("/account/passkeys")), new("id", passkey.IdText)]);

    private static async Task<Page> SignInAsync(UserAgent browser, SoftPasskey passkey, PasskeyLie? lie = null) =>
        await AnswerAsync(browser, "/login", await browser.GetAsync("/login"), passkey, lie);

    private static async Task<Page> AnswerAsync(UserAgent browser, string path, Page page, SoftPasskey passkey, PasskeyLie? lie = null)
    {
        var begun = JsonNode.Parse((await browser.PostAsync($"{path}?handler=Options", Tokens(page))).Body)!;
        return await browser.PostAsync($"{path}?handler=Passkey", [.. Tokens(page), new("ceremony", (string)begun["ceremony"]!), new("credential", passkey.Assert(begun["options"]!, lie))]);
    }
}
