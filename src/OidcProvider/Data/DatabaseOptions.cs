using System.ComponentModel;

namespace OidcProvider.Data;

internal enum DatabaseProvider
{
    Sqlite,
    PostgreSql,
    SqlServer,
}

/// <summary>Which database holds everything. Its connection string is <c>ConnectionStrings:Database</c>.</summary>
internal sealed class DatabaseOptions
{
    public const string Section = "Database";
    public const string ConnectionStringKey = "ConnectionStrings:Database";
    public const string EmbeddedConnectionString = "Data Source=data/oidc.db";

    [Description("Sqlite (embedded, one machine), PostgreSql or SqlServer.")]
    public DatabaseProvider Provider { get; set; } = DatabaseProvider.Sqlite;

    [Description("Seconds a database command may take before the request fails with 503.")]
    [System.ComponentModel.DataAnnotations.Range(1, 300)]
    public int CommandTimeout { get; set; } = 5;
}
