using Microsoft.Extensions.DependencyInjection;
using OidcProvider.Webhooks;

namespace OidcProvider.Tests.Data;

/// <summary>A new server on a new database.</summary>
public class FreshStartTests : ProviderFixture
{
    [Test]
    public async Task The_database_has_nothing_to_warn_of()
    {
        await Host.Services.GetRequiredService<WebhookRound>().RunAsync(CancellationToken.None);
        Assert.That(Host.Log.Lines, Has.Some.StartsWith("Information "), "the log is read");
        Assert.That(Host.Log.Lines.Where(line => line.StartsWith("Warning Microsoft.EntityFrameworkCore", StringComparison.Ordinal)), Is.Empty);
    }
}
