using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.TestKit;
using OidcProvider.Users;

namespace OidcProvider.Tests;

/// <summary>One server for the tests of a fixture. Each test brings its own browser and relying party.</summary>
public abstract class ProviderFixture(Database database = Database.Sqlite)
{
    protected ProviderHost Host { get; private set; } = null!;

    protected virtual JsonObject? Bootstrap => null;

    protected virtual IReadOnlyDictionary<string, string>? Settings => null;

    /// <summary>The host name of the issuer; passkeys need one.</summary>
    protected virtual string HostName => "127.0.0.1";

    protected virtual void Adjust(IServiceCollection services)
    {
    }

    [OneTimeSetUp]
    public async Task StartAsync() => Host = await ProviderHost.StartAsync(database, Bootstrap, Settings, HostName, Adjust);

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (Host is not null)
        {
            await Host.DisposeAsync();
        }
    }

    /// <summary>A new user with a verified address and the password of all test users.</summary>
    protected async Task<string> UserAsync(params string[] roles)
    {
        var email = $"u{Guid.NewGuid():N}@example.test";
        await Host.InScopeAsync(services => services.GetRequiredService<UserDirectory>().AddAsync(new UserDefinition { Email = email, Password = Given.Password, EmailVerified = true, Roles = roles }, "test"));
        return email;
    }

    /// <summary>A new user, and a browser in which they are signed in.</summary>
    protected async Task<(string User, UserAgent Browser)> SignedInAsync(params string[] roles)
    {
        var user = await UserAsync(roles);
        var browser = Browser();
        Assert.That((await browser.SignInAsync(await browser.GetAsync("/login"), user)).Title, Is.EqualTo("You are signed in"));
        return (user, browser);
    }

    /// <summary>A new user with an authenticator app, its secret and the recovery codes.</summary>
    protected async Task<(string User, byte[] Secret, IReadOnlyList<string> Codes)> UserWithAppAsync()
    {
        var user = await UserAsync();
        byte[] secret = [];
        IReadOnlyList<string> codes = [];
        await Host.InScopeAsync(async services =>
        {
            var id = (await services.GetRequiredService<UserDirectory>().FindByNameAsync(user))!.Id;
            var factors = services.GetRequiredService<SecondFactors>();
            secret = await factors.BeginAsync(id);
            Assert.That(await factors.ConfirmAsync(id, Totp.Code(secret, Totp.StepAt(Host.Time.GetUtcNow()) - 1)), Is.True);
            codes = await factors.RenewRecoveryCodesAsync(id, "test");
        });
        return (user, secret, codes);
    }

    protected string CodeOf(byte[] secret) => Totp.Code(secret, Totp.StepAt(Host.Time.GetUtcNow()));

    protected static IEnumerable<KeyValuePair<string, string>> Tokens(Page page) => UserAgent.Form(page).Fields.Where(field => field.Key == "__RequestVerificationToken");

    protected UserAgent Browser() => new(Host.Issuer);

    protected RelyingParty Client(string id = Given.Web, string? redirect = Given.Redirect) => new(Host, id, redirect, id is Given.Spa or Given.Native or Given.Device ? null : Given.Secret);
}
