using Microsoft.EntityFrameworkCore;

namespace OidcProvider.Data;

/// <summary>
/// Builds EF Core's model of the embedded database, and translates a first query, while the rest of the server is put together: a quarter of
/// the start. The model depends on nothing but the code, so the contexts that come find it ready.
/// </summary>
internal static class ModelWarmUp
{
    public static Task BeginAsync(IEnumerable<string> settings) => IsEmbedded(settings) ? Task.Run(Build) : Task.CompletedTask;

    // On another database it would be built in vain; an appsettings.json of one's own is not looked at, and only costs what it saves.
    private static bool IsEmbedded(IEnumerable<string> settings) =>
        Environment.GetEnvironmentVariable("Database__Provider") is null && !settings.Any(setting => setting.StartsWith("--Database:Provider", StringComparison.OrdinalIgnoreCase));

    private static void Build()
    {
        using var context = new SqliteDesign().CreateDbContext([]);
        _ = context.SigningKeys.AsNoTracking().Where(key => key.Algorithm == "").ToQueryString();
    }
}
