using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using OidcProvider.TestKit;
using OidcProvider.Users;
using static Microsoft.Playwright.Assertions;

namespace OidcProvider.BrowserTests;

/// <summary>A person's first weeks with the service, in a real browser with Chromium's virtual authenticator (WebAuthn Level 3 §11).</summary>
public class JourneyTests : BrowserFixture
{
    private const string Nora = "nora@example.test", Password = "seven purple umbrellas walking";

    private Mailbox Mail => new(Host);

    protected override Task<ProviderHost> StartHostAsync() => ProviderHost.StartAsync(
        settings: new Dictionary<string, string> { ["Users:AllowRegistration"] = "true", ["Throttling:LockoutAfter"] = "10" }, name: "localhost");

    [Test]
    public async Task From_registration_to_unlocking()
    {
        Provokes(401);
        var page = await PageAsync();
        await AnswerForTheClientAsync(page);
        await RegisterAsync(page);
        var secret = await SetUpAppAsync(page);
        var codes = await page.Locator("[data-recovery-codes] li").AllInnerTextsAsync();
        Assert.That(codes, Has.Count.EqualTo(10));

        // With the code of the app, then with a recovery code.
        await SignOutAsync(page);
        await page.GotoAsync("/login");
        await SignInAsync(page, Nora, Password);
        Host.Time.Advance(TimeSpan.FromSeconds(31));
        await page.Locator("input[autocomplete='one-time-code']").FillAsync(CodeOf(secret));
        await PressAsync(page, "Continue");
        await Expect(page.Locator("h1")).ToHaveTextAsync("You are signed in");
        await SignOutAsync(page);
        await page.GotoAsync("/login");
        await SignInAsync(page, Nora, Password);
        await page.GetByRole(AriaRole.Link, new() { Name = "recovery code" }).ClickAsync();
        await page.Locator("input[autocomplete='one-time-code']").FillAsync(codes[0]);
        await PressAsync(page, "Continue");
        await Expect(page.Locator("h1")).ToHaveTextAsync("You are signed in");

        await OfferAsync(page);
        await AddPasskeyAsync(page);
        await PasswordlessAsync(page);
        await PasskeyAsSecondFactorAsync(page);
        await SignOutTheOtherAsync(page);
        await LockAndUnlockAsync();
    }

    [Test]
    public async Task Everything_but_passkeys_works_without_JavaScript()
    {
        var page = await PageAsync(javaScript: false);
        await page.GotoAsync("/register");
        await page.GetByLabel("E-mail address").FillAsync("plain@example.test");
        await page.Locator("input[autocomplete='new-password']").FillAsync(Password);
        await PressAsync(page, "Create account");
        await page.GotoAsync(await Mail.LinkAsync("plain@example.test", "Confirm"));
        await PressAsync(page, "Confirm");
        await page.GotoAsync("/login");
        await Expect(page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("passkey", RegexOptions.IgnoreCase) })).ToBeHiddenAsync();
        await SignInAsync(page, "plain@example.test", Password);
        var secret = await SetUpAppAsync(page);
        var codes = await page.Locator("[data-recovery-codes] li").AllInnerTextsAsync();
        await SignOutAsync(page);
        await page.GotoAsync("/login");
        await SignInAsync(page, "plain@example.test", Password);
        Host.Time.Advance(TimeSpan.FromSeconds(31));
        await page.Locator("input[autocomplete='one-time-code']").FillAsync(CodeOf(secret));
        await PressAsync(page, "Continue");
        await Expect(page.Locator("h1")).ToHaveTextAsync("You are signed in");
        await SignOutAsync(page);
        await page.GotoAsync("/login");
        await SignInAsync(page, "plain@example.test", Password);
        await page.GetByRole(AriaRole.Link, new() { Name = "recovery code" }).ClickAsync();
        await page.Locator("input[autocomplete='one-time-code']").FillAsync(codes[1]);
        await PressAsync(page, "Continue");
        await page.GotoAsync("/account");
        await page.GetByLabel("Given name").FillAsync("Plain");
        await PressAsync(page, "Save");
        await Expect(page.Locator(".notice-ok")).ToContainTextAsync("saved");
        await page.GotoAsync("/account/password");
        await page.GetByLabel("Current password").FillAsync(Password);
        await page.Locator("input[autocomplete='new-password']").FillAsync("eleven quiet bicycles at noon");
        await PressAsync(page, "Change password");
        await Expect(page.Locator(".notice-ok")).ToContainTextAsync("changed");
        await page.GotoAsync("/account/recovery-codes");
        await PressAsync(page, "Make new codes");
        Assert.That(await page.Locator("[data-recovery-codes] li").CountAsync(), Is.EqualTo(10));
        await SignOutAsync(page);
        await page.GotoAsync("/password/forgot");
        await page.Locator("input[autocomplete='username']").FillAsync("plain@example.test");
        await PressAsync(page, "Send me a link");
        await page.GotoAsync(await Mail.LinkAsync("plain@example.test", "Set a new password"));
        await page.Locator("input[autocomplete='new-password']").FillAsync("twelve noisy tricycles at dawn");
        await PressAsync(page, "Change password");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Your password is changed");
    }

    private async Task RegisterAsync(IPage page)
    {
        await page.GotoAsync("/login");
        await page.GetByRole(AriaRole.Link, new() { Name = "Create an account" }).ClickAsync();
        await page.GetByLabel("E-mail address").FillAsync(Nora);
        await page.GetByLabel("Given name (optional)").FillAsync("Nora");
        await page.Locator("input[autocomplete='new-password']").FillAsync(Password);
        await PressAsync(page, "Create account");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Check your mail");
        await page.GotoAsync(await Mail.LinkAsync(Nora, "Confirm"));
        await PressAsync(page, "Confirm");
        await page.GetByRole(AriaRole.Link, new() { Name = "Sign in" }).ClickAsync();
        await SignInAsync(page, Nora, Password);
        await Expect(page.Locator("h1")).ToHaveTextAsync("You are signed in");
    }

    private async Task<byte[]> SetUpAppAsync(IPage page)
    {
        await page.GotoAsync("/account");
        await page.GetByRole(AriaRole.Link, new() { Name = "Authenticator app", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Img, new() { Name = "QR code" })).ToBeVisibleAsync();
        var link = await page.Locator("a[href^='otpauth://']").GetAttributeAsync("href");
        var secret = SecretOf(link!);
        await page.Locator("input[autocomplete='one-time-code']").FillAsync(CodeOf(secret));
        await PressAsync(page, "Turn on");
        return secret;
    }

    // Offered after signing in with a password; "Not now" is respected; the page tells the keeper of passkeys what there is.
    private static async Task OfferAsync(IPage page)
    {
        await page.GotoAsync("/");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Sign in faster next time" })).ToBeVisibleAsync();
        await PressAsync(page, "Not now");
        await Expect(page.Locator("h1")).ToHaveTextAsync("You are signed in");
        await Expect(page.GetByText("Sign in faster next time")).ToHaveCountAsync(0);
        await page.GotoAsync("/account");
        await Expect(page.GetByText("Sign in faster next time")).ToHaveCountAsync(0);
        await page.AddInitScriptAsync("window.told = []; for (const what of ['signalAllAcceptedCredentials', 'signalCurrentUserDetails']) if (window.PublicKeyCredential) PublicKeyCredential[what] = async about => { told.push([what, about]); };");
    }

    private static async Task AddPasskeyAsync(IPage page)
    {
        await AuthenticatorAsync(page);
        await page.GotoAsync("/account");
        await page.GetByRole(AriaRole.Link, new() { Name = "Passkeys", Exact = true }).ClickAsync();
        await page.GetByLabel("Name for a new passkey").FillAsync("Test laptop");
        await PressAsync(page, "Add a passkey");
        await Expect(page.Locator("strong", new() { HasText = "Test laptop" })).ToBeVisibleAsync();
        Assert.That(await page.EvaluateAsync<string>("JSON.stringify(told.map(([what, about]) => [what, about.rpId, about.allAcceptedCredentialIds?.length ?? about.name]))"), Is.EqualTo($"[[\"signalAllAcceptedCredentials\",\"localhost\",1],[\"signalCurrentUserDetails\",\"localhost\",\"{Nora}\"]]"));
    }

    private async Task PasswordlessAsync(IPage page)
    {
        // Autofill: the virtual authenticator answers as soon as the page offers it.
        await SignOutAsync(page);
        await page.GotoAsync("/login");
        await Expect(page.Locator("h1")).ToHaveTextAsync("You are signed in");

        // The button, with autofill out of the way.
        await SignOutAsync(page);
        await page.AddInitScriptAsync("if (window.PublicKeyCredential) PublicKeyCredential.isConditionalMediationAvailable = async () => false;");
        using var client = new RelyingParty(Host, Given.Trusted);
        await page.GotoAsync(client.AuthorizationUrl());
        // The client of this test does not listen; where the browser is sent is enough.
        var callback = await page.RunAndWaitForRequestAsync(
            () => page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("passkey", RegexOptions.IgnoreCase) }).ClickAsync(),
            request => request.Url.StartsWith(Given.Redirect, StringComparison.Ordinal));
        await ReplayAsync(page, callback.RedirectedFrom!);
        var code = System.Web.HttpUtility.ParseQueryString(new Uri(callback.Url).Query)["code"]!;
        var id = (await client.RedeemAsync(code)).IdToken;
        Assert.That(id.GetPayloadValue<string[]>("amr"), Does.Contain("user").And.Contain("mfa").And.Not.Contain("pwd"));
        Assert.That(id.GetPayloadValue<string>("acr"), Is.EqualTo("aal2"));
    }

    // Attack G10: what the authenticator signed is good once, in whatever browser it comes again (WebAuthn Level 3 §13.4.3).
    private static async Task ReplayAsync(IPage page, IRequest request)
    {
        while (request.Method != "POST")
        {
            request = request.RedirectedFrom!;
        }

        var again = await page.APIRequest.PostAsync(request.Url, new() { DataString = request.PostData, Headers = new Dictionary<string, string> { ["Content-Type"] = "application/x-www-form-urlencoded" }, MaxRedirects = 0 });
        Assert.That(again.Status, Is.EqualTo(401), await again.TextAsync());
        Assert.That(await again.TextAsync(), Does.Contain("This passkey was not accepted"));
    }

    private static async Task PasskeyAsSecondFactorAsync(IPage page)
    {
        await SignOutAsync(page);
        await page.GotoAsync("/login");
        await SignInAsync(page, Nora, Password);
        await Expect(page.Locator("h1")).ToHaveTextAsync("Confirm it is you");
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("passkey", RegexOptions.IgnoreCase) }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("You are signed in");
    }

    private async Task SignOutTheOtherAsync(IPage page)
    {
        var other = await PageAsync();
        await other.GotoAsync("/login");
        await SignInAsync(other, Given.Bob);
        var mine = await PageAsync();
        await mine.GotoAsync("/login");
        await SignInAsync(mine, Given.Bob);
        await mine.GotoAsync("/account/sessions");
        await mine.GetByRole(AriaRole.Button, new() { Name = "Sign out Chrome on Linux" }).ClickAsync();
        var answer = await other.APIRequest.GetAsync("/account", new() { MaxRedirects = 0 });
        Assert.That(answer.Status, Is.EqualTo(302), "the very next request is signed out");
        await other.GotoAsync("/account");
        await Expect(other.Locator("h1")).ToHaveTextAsync("Sign in");
        await Expect(page.Locator("h1")).ToHaveTextAsync("You are signed in");
    }

    private async Task LockAndUnlockAsync()
    {
        var stranger = await PageAsync();
        for (var index = 0; index < 10; index++)
        {
            await stranger.GotoAsync("/login");
            await SignInAsync(stranger, Nora, $"wrong guess number {index}");
            await Expect(stranger.GetByRole(AriaRole.Alert)).ToContainTextAsync("incorrect");
        }

        await SignInAsync(stranger, Nora, Password);
        await Expect(stranger.GetByRole(AriaRole.Alert)).ToContainTextAsync("incorrect");
        await stranger.GotoAsync(await Mail.LinkAsync(Nora, "locked"));
        await PressAsync(stranger, "Unlock");
        await Expect(stranger.Locator("h1")).ToHaveTextAsync("Your account is unlocked");
        await stranger.GotoAsync("/login");
        await SignInAsync(stranger, Nora, Password);
        await Expect(stranger.Locator("h1")).ToHaveTextAsync("Confirm it is you");
    }

    private static async Task SignOutAsync(IPage page)
    {
        await page.GotoAsync("/logout");
        await PressAsync(page, "Sign out");
        await Expect(page.Locator("h1")).Not.ToHaveTextAsync("Sign out?");
    }

    private static async Task AuthenticatorAsync(IPage page)
    {
        var devtools = await page.Context.NewCDPSessionAsync(page);
        await devtools.SendAsync("WebAuthn.enable");
        await devtools.SendAsync("WebAuthn.addVirtualAuthenticator", new Dictionary<string, object>
        {
            ["options"] = JsonNode.Parse("""{"protocol":"ctap2","transport":"internal","hasResidentKey":true,"hasUserVerification":true,"isUserVerified":true,"automaticPresenceSimulation":true}""")!,
        });
    }

    /// <summary>The code that an app set up with this link shows now.</summary>
    public static string CodeOf(ProviderHost host, string link) => Totp.Code(SecretOf(link), Totp.StepAt((host ?? throw new ArgumentNullException(nameof(host))).Time.GetUtcNow()));

    private static byte[] SecretOf(string link) => Decode(Regex.Match(link, "secret=([A-Z2-7]+)").Groups[1].Value);

    private string CodeOf(byte[] secret) => Totp.Code(secret, Totp.StepAt(Host.Time.GetUtcNow()));

    private static byte[] Decode(string base32)
    {
        var bits = string.Concat(base32.Select(letter => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(letter, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. bits.Chunk(8).Where(chunk => chunk.Length == 8).Select(chunk => Convert.ToByte(new string(chunk), 2))];
    }
}
