using System.Text.Json.Nodes;
using OidcProvider.TestKit;

namespace OidcProvider.Tests;

/// <summary>One server for the tests of a fixture. Each test brings its own browser and relying party.</summary>
public abstract class ProviderFixture(Database database = Database.Sqlite)
{
    protected ProviderHost Host { get; private set; } = null!;

    protected virtual JsonObject? Bootstrap => null;

    protected virtual IReadOnlyDictionary<string, string>? Settings => null;

    [OneTimeSetUp]
    public async Task StartAsync() => Host = await ProviderHost.StartAsync(database, Bootstrap, Settings);

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (Host is not null)
        {
            await Host.DisposeAsync();
        }
    }

    protected UserAgent Browser() => new(Host.Issuer);

    protected RelyingParty Client(string id = Given.Web, string? redirect = Given.Redirect) => new(Host, id, redirect, id is Given.Spa or Given.Native or Given.Device ? null : Given.Secret);
}
