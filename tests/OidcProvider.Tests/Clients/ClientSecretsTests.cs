using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OidcProvider.Clients;
using OidcProvider.Hosting;

namespace OidcProvider.Tests.Clients;

internal sealed class ClientSecretsTests
{
    private readonly FakeTimeProvider _time = new(TestServices.Start);

    private ClientSecrets Create(Argon2id argon2id) => new(argon2id, _time);

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    private IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    private Argon2id Hasher() => new(Options.Create(new PasswordHashOptions { MemoryKiB = 8 * 1024, Iterations = 1 }), Meters);

    [OneTimeTearDown]
    public void Dispose() => _services.Dispose();

    [Test]
    public void A_generated_secret_has_256_bits_and_is_never_the_same()
    {
        Assert.That(ClientSecrets.Generate(), Does.Match("^[A-Za-z0-9_-]{43}$"));
        Assert.That(new[] { ClientSecrets.Generate(), ClientSecrets.Generate() }, Is.Unique);
    }

    [Test]
    public async Task A_generated_secret_verifies_and_another_does_not()
    {
        using var hasher = Hasher();
        var secrets = Create(hasher);
        var secret = ClientSecrets.Generate();
        var hash = ClientSecrets.HashGenerated(secret);

        Assert.That(hash, Does.StartWith("s256$"));
        Assert.That(hash, Does.Not.Contain(secret));
        Assert.That(await secrets.VerifyAsync(hash, secret));
        Assert.That(await secrets.VerifyAsync(hash, ClientSecrets.Generate()), Is.False);
        Assert.That(await secrets.VerifyAsync(hash, hash), Is.False);
        Assert.That(await secrets.VerifyAsync(hash, ""), Is.False);
    }

    [Test]
    public async Task A_chosen_secret_is_kept_as_Argon2id_and_verifies()
    {
        using var hasher = Hasher();
        var secrets = Create(hasher);
        var hash = await secrets.HashChosenAsync("at-least-32-characters-long-secret");

        Assert.That(hash, Does.StartWith("$argon2id$"));
        Assert.That(await secrets.VerifyAsync(hash, "at-least-32-characters-long-secret"));
        Assert.That(await secrets.VerifyAsync(hash, "at-least-32-characters-long-secreT"), Is.False);
        // The right answer remembered for one secret says nothing about another.
        Assert.That(await secrets.VerifyAsync(hash, "at-least-32-characters-long-secreT"), Is.False);
    }

    [Test]
    public async Task A_right_chosen_secret_is_remembered_for_five_minutes_and_a_wrong_one_never()
    {
        using var hasher = Hasher();
        using var hashes = new HashCount(Meters);
        var secrets = Create(hasher);
        var hash = await secrets.HashChosenAsync("at-least-32-characters-long-secret");
        Task<int> CostAsync(string secret) => hashes.OfAsync(async () => await secrets.VerifyAsync(hash, secret));

        Assert.That(await CostAsync("at-least-32-characters-long-secret"), Is.EqualTo(1));
        Assert.That(await CostAsync("at-least-32-characters-long-secret"), Is.Zero);
        Assert.That(await CostAsync("wrong-wrong-wrong-wrong-wrong-wrong"), Is.EqualTo(1));
        Assert.That(await CostAsync("wrong-wrong-wrong-wrong-wrong-wrong"), Is.EqualTo(1));
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.That(await CostAsync("at-least-32-characters-long-secret"), Is.EqualTo(1));
    }

    [TestCase("")]
    [TestCase("plain-secret")]
    [TestCase("s256$")]
    [TestCase("$argon2id$v=19$m=8192,t=1,p=1$broken")]
    public async Task A_broken_hash_matches_nothing(string hash)
    {
        using var hasher = Hasher();
        var secrets = Create(hasher);
        bool matches;
        try
        {
            matches = await secrets.VerifyAsync(hash, "plain-secret");
        }
        catch (Exception fault) when (fault is FormatException or ArgumentException)
        {
            matches = false;
        }

        Assert.That(matches, Is.False);
    }
}
