namespace OidcProvider.Telemetry;

/// <summary>What this process is called in rows that several nodes write.</summary>
internal static class ThisNode
{
    public static string Name { get; } = $"{Environment.MachineName}:{Environment.ProcessId}";
}
