using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using OidcProvider.Clients;
using OidcProvider.Declarations;
using OidcProvider.Hosting;

namespace OidcProvider.Cli;

/// <summary>
/// Something to try on a fresh clone: in Development, on a loopback issuer and without a bootstrap file of one's own,
/// the first start writes one with fresh secrets. Later starts read the same file. Production never sees any of it.
/// </summary>
internal sealed class DemoData(IOptions<BootstrapOptions> options, IHostEnvironment environment, IConfiguration configuration)
{
    private static readonly JsonSerializerOptions Readable = new(ClientJson.Options) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly IssuerUri? _issuer = IssuerUri.Read(configuration, environment.IsDevelopment()).Issuer;

    public bool Wanted => environment.IsDevelopment() && _issuer is { IsLoopback: true } && string.IsNullOrWhiteSpace(options.Value.File);

    private string FilePath => Path.GetFullPath(options.Value.DemoFile);

    /// <summary>The path of the file, which exists afterwards.</summary>
    public string EnsureFile()
    {
        if (!File.Exists(FilePath))
        {
            PrivateFile.WriteNew(FilePath, JsonSerializer.Serialize(Create(), Readable) + "\n");
        }

        return FilePath;
    }

    public async Task PrintAsync(TextWriter output)
    {
        if (!Wanted || !File.Exists(FilePath) || BootstrapFile.Read(FilePath) is not { Succeeded: true } read)
        {
            return;
        }

        var file = read.Value;
        var issuer = _issuer!.Value;
        await output.WriteLineAsync($"issuer       {issuer}");
        await output.WriteLineAsync($"admin pages  {issuer.TrimEnd('/')}/admin   playground {issuer.TrimEnd('/')}/playground");
        foreach (var user in file.Users)
        {
            await output.WriteLineAsync($"demo user    {user.Email}   password {user.Password}");
        }

        foreach (var client in file.Clients)
        {
            await output.WriteLineAsync($"demo client  {client.ClientId}   {(client.ClientSecret is null ? "public" : $"secret {client.ClientSecret}")}");
        }

        await output.WriteLineAsync($"all of this  {FilePath}");
        if (file.Clients.FirstOrDefault(client => client.HasGrant(ClientMetadata.ClientCredentials)) is { ClientSecret: { } secret } worker)
        {
            await output.WriteLineAsync("first token:");
            await output.WriteLineAsync($"curl -sS -u '{worker.ClientId}:{secret}' -d 'grant_type=client_credentials' -d 'scope={worker.Scope}' '{issuer.TrimEnd('/')}/connect/token'");
        }

        await output.FlushAsync();
    }

    private static string Secret() => WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));

    private static BootstrapFile Create() => new()
    {
        Scopes = [Api()],
        Clients = [Web(), Worker(), Device(), Spa()],
        Users = [User(), Administrator()],
    };

    private static ScopeDefinition Api() => new()
    {
        Name = "api",
        DisplayName = "Use the sample API",
        Description = "Read and change what the sample API keeps for you.",
        Resources = ["http://localhost:5082"],
        Tagged = new Dictionary<string, string>
        {
            ["display_name#de"] = "Die Beispiel-API nutzen", ["description#de"] = "Lesen und ändern, was die Beispiel-API für Sie speichert.",
            ["display_name#fr"] = "Utiliser l’API d’exemple", ["description#fr"] = "Lire et modifier ce que l’API d’exemple conserve pour vous.",
            ["display_name#es"] = "Usar la API de ejemplo", ["description#es"] = "Leer y cambiar lo que la API de ejemplo guarda para usted.",
            ["display_name#zh-Hans"] = "使用示例 API", ["description#zh-Hans"] = "读取和更改示例 API 为您保存的内容。",
        }.ToDictionary(entry => entry.Key, entry => JsonSerializer.SerializeToElement(entry.Value)),
    };

    private static DeclaredClient Web() => new()
    {
        ClientId = "demo-web",
        ClientSecret = Secret(),
        ClientName = "Demo web app",
        // What ASP.NET Core's own handler sends.
        TokenEndpointAuthMethod = ClientMetadata.ClientSecretPost,
        GrantTypes = [ClientMetadata.AuthorizationCode, ClientMetadata.RefreshToken],
        RedirectUris = ["http://localhost:5081/signin-oidc"],
        PostLogoutRedirectUris = ["http://localhost:5081/signout-callback-oidc"],
        Scope = "openid profile email roles offline_access api",
    };

    private static DeclaredClient Worker() => new()
    {
        ClientId = "demo-worker",
        ClientSecret = Secret(),
        ClientName = "Demo worker",
        GrantTypes = [ClientMetadata.ClientCredentials],
        Scope = "api",
    };

    private static DeclaredClient Device() => new()
    {
        ClientId = "demo-device",
        ClientName = "Demo device",
        ApplicationType = ClientMetadata.Native,
        TokenEndpointAuthMethod = ClientMetadata.None,
        GrantTypes = [ClientMetadata.DeviceCode, ClientMetadata.RefreshToken],
        Scope = "openid profile email offline_access api",
    };

    private static DeclaredClient Spa() => new()
    {
        ClientId = "demo-spa",
        ClientName = "Demo single-page app",
        TokenEndpointAuthMethod = ClientMetadata.None,
        GrantTypes = [ClientMetadata.AuthorizationCode, ClientMetadata.RefreshToken],
        RedirectUris = ["http://localhost:5083/callback"],
        PostLogoutRedirectUris = ["http://localhost:5083/"],
        Scope = "openid profile email offline_access api",
    };

    private static DeclaredUser User() => new()
    {
        Email = "demo@example.test",
        EmailVerified = true,
        Password = Secret()[..24],
        Name = "Demo User",
        GivenName = "Demo",
        FamilyName = "User",
        MiddleName = "Quentin",
        Nickname = "demo",
        PreferredUsername = "demo",
        Profile = "https://example.test/demo",
        Picture = "https://example.test/demo.png",
        Website = "https://example.test/",
        Gender = "other",
        Birthdate = "1990-01-02",
        Zoneinfo = "Europe/Berlin",
        Locale = "en-GB",
        PhoneNumber = "+15555550100",
        PhoneNumberVerified = true,
        Address = new()
        {
            Formatted = "1 Example Street\nExampletown 12345\nExampleland",
            StreetAddress = "1 Example Street",
            Locality = "Exampletown",
            Region = "Example",
            PostalCode = "12345",
            Country = "Exampleland",
        },
    };

    // Must set up an authenticator app at the first sign-in, like every administrator.
    private static DeclaredUser Administrator() => new() { Email = "admin@example.test", Password = Secret()[..24], EmailVerified = true, Name = "Demo Administrator", Roles = ["admin"] };
}
