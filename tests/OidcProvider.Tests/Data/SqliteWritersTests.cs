using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.Data;

namespace OidcProvider.Tests.Data;

/// <summary>Writers of the embedded database take turns, and whoever gives up leaves the turn to the next.</summary>
public class SqliteWritersTests : ProviderFixture
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Test]
    public async Task A_transaction_that_is_dropped_gives_its_turn_back()
    {
        await Host.InScopeAsync(async services =>
        {
            var database = services.GetRequiredService<AppDbContext>();
            await using var dropped = await database.Database.BeginTransactionAsync();
            await database.ChangeCounts.ExecuteUpdateAsync(update => update.SetProperty(row => row.Version, row => row.Version + 1));
        });
        await WriteAsync().WaitAsync(Soon);
    }

    [Test]
    public async Task A_command_that_fails_gives_its_turn_back()
    {
        await Host.InScopeAsync(services =>
        {
            Assert.That(async () => await services.GetRequiredService<AppDbContext>().Database.ExecuteSqlRawAsync("DELETE FROM \"Nowhere\""), Throws.Exception);
            return Task.CompletedTask;
        });
        await WriteAsync().WaitAsync(Soon);
    }

    [Test]
    public async Task A_scope_that_ends_within_a_transaction_gives_its_turn_back()
    {
        await Host.InScopeAsync(services => services.GetRequiredService<AppDbContext>().Database.BeginTransactionAsync());
        await WriteAsync().WaitAsync(Soon);
    }

    [Test]
    public async Task A_question_within_the_answer_to_the_same_question_gets_its_own()
    {
        await Host.InScopeAsync(async services =>
        {
            var database = services.GetRequiredService<AppDbContext>();
            var outer = 0;
            await foreach (var scope in database.Clients.AsNoTracking().OrderBy(client => client.ClientId).AsAsyncEnumerable())
            {
                var inner = 0;
                await foreach (var again in database.Clients.AsNoTracking().OrderBy(client => client.ClientId).AsAsyncEnumerable())
                {
                    inner++;
                }

                Assert.That(inner, Is.GreaterThan(2));
                outer++;
            }

            Assert.That(outer, Is.GreaterThan(2));
        });
    }

    private Task WriteAsync() => Host.InScopeAsync(async services =>
    {
        var database = services.GetRequiredService<AppDbContext>();
        await using var transaction = await database.Database.BeginTransactionAsync();
        await database.ChangeCounts.ExecuteUpdateAsync(update => update.SetProperty(row => row.Version, row => row.Version + 1));
        await transaction.CommitAsync();
    });
}
