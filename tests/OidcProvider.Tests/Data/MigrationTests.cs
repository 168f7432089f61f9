using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using OidcProvider.Data;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.Data;

public class MigrationTests
{
    private static AppDbContext Context(Database database) => database switch
    {
        Database.PostgreSql => new PostgreSqlDesign().CreateDbContext([]),
        Database.SqlServer => new SqlServerDesign().CreateDbContext([]),
        _ => new SqliteDesign().CreateDbContext([]),
    };

    [TestCase(Database.Sqlite), TestCase(Database.PostgreSql), TestCase(Database.SqlServer)]
    public void The_migrations_make_the_model_that_the_code_has(Database database)
    {
        using var context = Context(database);
        Assert.That(context.Database.HasPendingModelChanges(), Is.False, "dotnet ef migrations add NAME for this provider");
    }

    [TestCase(Database.Sqlite), TestCase(Database.PostgreSql), TestCase(Database.SqlServer)]
    public void The_compiled_model_is_the_one_that_the_code_has(Database database)
    {
        using var context = Context(database);
        Assert.That(context.Model.GetType().BaseType, Is.EqualTo(typeof(RuntimeModel)), "a compiled model is used");
        var compiled = context.Model.GetEntityTypes().SelectMany(Facts).Order(StringComparer.Ordinal);
        var code = context.GetService<IDesignTimeModel>().Model.GetEntityTypes().SelectMany(Facts).Order(StringComparer.Ordinal);
        Assert.That(compiled, Is.EqualTo(code), "dotnet ef dbcontext optimize for this provider");
    }

    [TestCase(Database.Sqlite), TestCase(Database.PostgreSql), TestCase(Database.SqlServer)]
    public void Pruning_and_revoking_find_their_indexes(Database database)
    {
        using var context = Context(database);
        foreach (var (entity, property) in new[] { (typeof(Token), "ExpirationDate"), (typeof(Token), "Subject"), (typeof(Authorization), "Subject"), (typeof(Authorization), "SessionId"), (typeof(Authorization), "CreationDate"), (typeof(Session), "ExpiresAt"), (typeof(RevokedAccessToken), "ExpiresAt") })
        {
            Assert.That(context.Model.FindEntityType(entity)!.GetIndexes().Select(index => index.Properties[0].Name), Does.Contain(property), entity.Name);
        }
    }

    [Test]
    public void The_sql_server_script_is_valid_transact_sql()
    {
        using var context = Context(Database.SqlServer);
        var script = context.GetService<IMigrator>().GenerateScript(options: MigrationsSqlGenerationOptions.Idempotent);
        new TSql160Parser(initialQuotedIdentifiers: true).Parse(new StringReader(script), out var errors);
        Assert.That(errors.Select(error => $"line {error.Line}: {error.Message}"), Is.Empty);
        Assert.That(script, Does.Contain("CREATE TABLE [Tokens]"));
    }

    [Test]
    public async Task A_database_of_a_version_that_is_not_known_is_left_alone()
    {
        await using var services = await TestServices.CreateAsync();
        await services.Database.Database.ExecuteSqlAsync($"""UPDATE "__EFMigrationsHistory" SET "MigrationId" = '20990101000000_Later'""");
        Assert.That(async () => await services.Get<Migrator>().ApplyAsync(), Throws.InvalidOperationException.With.Message.Contains("20990101000000_Later"));
    }

    [TestCase(Database.Sqlite), TestCase(Database.PostgreSql)]
    public async Task Several_nodes_may_migrate_at_once_and_again(Database kind)
    {
        var folder = Directory.CreateTempSubdirectory("oidc-migrate-").FullName;
        await using (var database = await TestDatabase.CreateAsync(kind, folder))
        {
            string[] arguments = ["--environment=Development", $"--Database:Provider={kind}", $"--ConnectionStrings:Database={database.ConnectionString}", $"--Hosting:MasterKey={Convert.ToBase64String(new byte[32])}"];
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => MigrateAsync(arguments)));
            Assert.That(await MigrateAsync(arguments), Is.Empty, "the second time there is nothing to do");
        }

        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    private static IEnumerable<string> Facts(IReadOnlyEntityType type) =>
    [
        .. type.GetProperties().Select(property => $"{type.Name}.{property.Name} {property.ClrType} {property.IsNullable} {property.GetMaxLength()} {property.IsConcurrencyToken} {property.ValueGenerated} {property.GetColumnName()} {property.GetColumnType()} {property.GetValueConverter()?.GetType() ?? property.FindTypeMapping()?.Converter?.GetType()}"),
        .. type.GetKeys().Select(key => $"{type.Name} key {string.Join(',', key.Properties.Select(property => property.Name))}"),
        .. type.GetForeignKeys().Select(key => $"{type.Name} -> {key.PrincipalEntityType.Name} {string.Join(',', key.Properties.Select(property => property.Name))} {key.DeleteBehavior}"),
        .. type.GetIndexes().Select(index => $"{type.Name} index {string.Join(',', index.Properties.Select(property => property.Name))} {index.IsUnique}"),
    ];

    private static async Task<IReadOnlyList<string>> MigrateAsync(string[] arguments)
    {
        await using var app = Program.Build(arguments);
        await using var scope = app.Services.CreateAsyncScope();
        var migrator = scope.ServiceProvider.GetRequiredService<Migrator>();
        await migrator.ApplyAsync();
        return await migrator.PendingAsync();
    }
}
