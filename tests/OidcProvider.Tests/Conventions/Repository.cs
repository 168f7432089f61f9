namespace OidcProvider.Tests.Conventions;

/// <summary>The working copy this assembly was built from.</summary>
internal static class Repository
{
    // What `dotnet ef` writes.
    private static readonly string[] Generated = ["/Migrations/", "/CompiledModels/"];

    public static string Root { get; } = Find();

    public static IEnumerable<string> Sources(string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, "src", "OidcProvider"), pattern, SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal) && !Generated.Any(folder => file.Contains(folder, StringComparison.Ordinal)));

    private static string Find()
    {
        var folder = TestContext.CurrentContext.TestDirectory;
        while (!File.Exists(Path.Combine(folder, "OidcProvider.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests run outside of the repository.");
        }

        return folder;
    }
}
