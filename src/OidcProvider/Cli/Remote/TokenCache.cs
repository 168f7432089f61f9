using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OidcProvider.Hosting;

namespace OidcProvider.Cli.Remote;

/// <summary>What a sign-in left behind.</summary>
internal sealed record CachedTokens(string Server, string AccessToken, string? RefreshToken, DateTimeOffset ExpiresAt);

/// <summary>
/// Tokens of the command line, one file a server in the user's own configuration folder, readable by nobody else (mode 0600). A file that others can read is not
/// used: somebody has opened it.
/// </summary>
internal sealed class TokenCache(Uri server)
{
    /// <summary>Names another folder, for machines with several identities and for tests.</summary>
    public const string FolderVariable = "OIDC_CONFIG_DIR";

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    public static string Folder => Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } named
        ? named
        : System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify), "oidcprovider");

    // Readable for people, unique for machines.
    public string Path { get; } = System.IO.Path.Combine(Folder, $"{server.Host}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(server.AbsoluteUri))[..6])}.json");

    public Result<CachedTokens?> Read()
    {
        if (!File.Exists(Path))
        {
            return (CachedTokens?)null;
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(Path) & Others) != 0)
        {
            return new Problem("open_token_file", $"{Path} can be read by others; remove it and sign in again");
        }

        try
        {
            return JsonSerializer.Deserialize<CachedTokens>(File.ReadAllText(Path), Json) is { } tokens && tokens.Server == server.AbsoluteUri ? tokens : (CachedTokens?)null;
        }
        catch (JsonException)
        {
            return (CachedTokens?)null;
        }
    }

    public void Write(CachedTokens tokens) => PrivateFile.Replace(Path, JsonSerializer.Serialize(tokens, Json));

    public void Forget()
    {
        if (File.Exists(Path))
        {
            File.Delete(Path);
        }
    }
}
