using System.Text.Json;

namespace OidcProvider.Samples;

/// <summary>
/// Where a sample finds the server, and who the sample is: <c>Oidc:Authority</c>, <c>Oidc:ClientId</c>, <c>Oidc:ClientSecret</c>
/// from appsettings.json, environment (<c>Oidc__Authority</c>) or command line (<c>--Oidc:Authority=…</c>).
/// A server in Development writes its demo clients into <c>data/demo.json</c>; a sample without a secret looks there.
/// </summary>
internal sealed record DemoSettings(Uri Authority, string ClientId, string? ClientSecret)
{
    private const string DemoFile = "data/demo.json";

    /// <summary>The authority as it stands in <c>iss</c>: compared letter for letter, so without the slash that <see cref="Uri"/> adds.</summary>
    public string Issuer => Authority.AbsoluteUri.TrimEnd('/');

    public bool IsHttps => Authority.Scheme == Uri.UriSchemeHttps;

    /// <summary>Reads the settings, or says in one line what is missing and how to set it.</summary>
    public static (DemoSettings? Settings, string? Fault) Read(IConfiguration configuration, string defaultClientId, bool confidential)
    {
        var text = configuration["Oidc:Authority"] ?? "http://localhost:5080";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var authority) || !IsSafe(authority))
        {
            return (null, $"Oidc:Authority: '{text}' must be an https URL; http is for a loopback host only.");
        }

        var clientId = configuration["Oidc:ClientId"] ?? defaultClientId;
        var secret = configuration["Oidc:ClientSecret"];
        if (!confidential || !string.IsNullOrEmpty(secret))
        {
            return (new DemoSettings(authority, clientId, secret), null);
        }

        try
        {
            // Demo secrets belong to the server on this machine; no other gets to see them.
            secret = authority.IsLoopback ? DemoSecret(clientId) : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return (null, $"{DemoFile}: cannot be read ({fault.Message})");
        }

        return secret is null
            ? (null, $"Oidc:ClientSecret: no secret for client '{clientId}'. Set Oidc__ClientSecret in the environment, or start the server in Development first and run this from the same directory (it writes {DemoFile}).")
            : (new DemoSettings(authority, clientId, secret), null);
    }

    private static bool IsSafe(Uri uri) => uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback);

    private static string? DemoSecret(string clientId)
    {
        for (var folder = new DirectoryInfo(Directory.GetCurrentDirectory()); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, DemoFile);
            if (File.Exists(path))
            {
                using var file = JsonDocument.Parse(File.ReadAllText(path));
                return file.RootElement.GetProperty("clients").EnumerateArray()
                    .Where(client => client.GetProperty("client_id").GetString() == clientId)
                    .Select(client => client.TryGetProperty("client_secret", out var secret) ? secret.GetString() : null)
                    .FirstOrDefault();
            }
        }

        return null;
    }
}
