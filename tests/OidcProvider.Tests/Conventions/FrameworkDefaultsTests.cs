using Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption;
using Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption.ConfigurationModel;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OidcProvider.Data;
using OidcProvider.Tokens;
using OidcProvider.Users;
using OpenIddict.Server;

namespace OidcProvider.Tests.Conventions;

/// <summary>
/// Fifteen defaults of the framework and the engine that fail ASVS 5.0, in the order of that list. What behaviour shows is tested where it
/// belongs and named here; what only a setting shows is asked here.
/// </summary>
public class FrameworkDefaultsTests : ProviderFixture
{
    // 1 length and kinds of characters: RegistrationTests.A_weak_password_is_refused_with_the_reason_and_what_was_typed_stays.
    // 3 TOTP window, reuse, shape: SecondFactorTests. 4 recovery codes in clear: SecondFactorTests.A_recovery_code_signs_in_once_….
    // 5 lost counts: GuessingTests.Of_a_hundred_parallel_guesses_five_are_judged. 6 late revocation: AccountTests.Signing_out_another_browser_….
    // 7 links: RegistrationTests.A_new_password_by_mail_works_once_…. 8 passkey replay: JourneyTests.ReplayAsync. 10 refresh races: RaceSuite.
    // 13 slow_down: DeviceTests.

    [Test]
    public async Task Passwords_are_hashed_with_Argon2id_and_client_secrets_not_with_the_engines_few_rounds() // 2, 12
    {
        await Host.InScopeAsync(services =>
        {
            var database = services.GetRequiredService<AppDbContext>();
            Assert.That(database.Users.Select(user => user.PasswordHash).ToList(), Is.Not.Empty.And.All.StartsWith("$argon2id$"));
            Assert.That(database.Clients.Where(client => client.ClientSecret != null).Select(client => client.ClientSecret).ToList(), Is.Not.Empty.And.All.Matches<string>(hash => hash.StartsWith("$argon2id$", StringComparison.Ordinal) || hash.StartsWith("s256$", StringComparison.Ordinal)));
            Assert.That(services.GetRequiredService<IPasswordHasher<User>>(), Is.InstanceOf<PasswordHasher>());
            return Task.CompletedTask;
        });
    }

    [Test]
    public void Passkeys_belong_to_the_issuer_not_to_the_host_header() // 8
    {
        var options = Host.Services.GetRequiredService<IOptions<IdentityPasskeyOptions>>().Value;
        Assert.That((options.ServerDomain, options.UserVerificationRequirement), Is.EqualTo((Host.Issuer.Host, "required")));
        Assert.That(options.ValidateOrigin, Is.Not.Null);
    }

    [Test]
    public async Task Proof_keys_are_required_and_plain_is_unknown() // 9
    {
        using var client = Client();
        using var browser = Browser();
        Assert.That((await browser.GetAsync(client.AuthorizationUrl(("code_challenge", null), ("code_challenge_method", null)))).Parameter("error"), Is.EqualTo("invalid_request"));
        Assert.That((await browser.GetAsync(client.AuthorizationUrl(("code_challenge_method", "plain")))).Parameter("error"), Is.EqualTo("invalid_request"));
    }

    [Test]
    public void What_is_issued_lives_shortly() // 11
    {
        var options = Host.Services.GetRequiredService<IOptionsMonitor<OpenIddictServerOptions>>().CurrentValue;
        Assert.That(options.AuthorizationCodeLifetime, Is.LessThanOrEqualTo(TimeSpan.FromSeconds(60)));
        Assert.That(options.AccessTokenLifetime, Is.LessThanOrEqualTo(TimeSpan.FromMinutes(15)));
        Assert.That(options.RequestTokenLifetime, Is.LessThan(TimeSpan.FromSeconds(600)));
        Assert.That(new TokensOptions().RefreshTokenAbsoluteLifetime, Is.LessThanOrEqualTo(TimeSpan.FromDays(30)));
    }

    [Test]
    public async Task A_key_of_128_bits_signs_for_who_asks_for_it() // 14: RS256 with 2048 bits stays for interoperability
    {
        using var http = new HttpClient { BaseAddress = Host.Issuer };
        Assert.That(await http.GetStringAsync("/.well-known/jwks.json"), Does.Contain("\"ES256\"").And.Contain("P-256"));
    }

    [Test]
    public void Cookies_and_markers_are_sealed_with_authenticated_encryption_and_the_server_has_no_name() // 15
    {
        var configuration = Host.Services.GetRequiredService<IOptions<KeyManagementOptions>>().Value.AuthenticatedEncryptorConfiguration;
        Assert.That((configuration as AuthenticatedEncryptorConfiguration)?.EncryptionAlgorithm, Is.EqualTo(EncryptionAlgorithm.AES_256_GCM));
        Assert.That(Host.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.AddServerHeader, Is.False);
    }
}
