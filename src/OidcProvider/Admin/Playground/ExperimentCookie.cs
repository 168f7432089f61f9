using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Playground;

/// <summary>Keeps an <see cref="Experiment"/> between two steps: sealed, for this browser only, for a quarter of an hour. Tokens are long, so it may take several cookies.</summary>
internal sealed class ExperimentCookie(IDataProtectionProvider protection, IssuerUri issuer, TimeProvider time)
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(15);

    private readonly ChunkingCookieManager _cookies = new();
    private readonly IDataProtector _seal = protection.CreateProtector("playground");

    private string Name => issuer.IsHttps ? "__Host-oidc-playground" : "oidc-playground";

    public Experiment? Read(HttpContext context)
    {
        try
        {
            return _cookies.GetRequestCookie(context, Name) is { Length: > 0 } text && JsonSerializer.Deserialize<Experiment>(_seal.Unprotect(text)) is { } read && read.At + Life > time.GetUtcNow() ? read : null;
        }
        catch (Exception fault) when (fault is CryptographicException or JsonException)
        {
            return null;
        }
    }

    public void Write(HttpContext context, Experiment experiment) =>
        _cookies.AppendResponseCookie(context, Name, _seal.Protect(JsonSerializer.Serialize(experiment with { At = time.GetUtcNow() })), Options(Life));

    public void Forget(HttpContext context) => _cookies.DeleteCookie(context, Name, Options(null));

    private CookieOptions Options(TimeSpan? life) => new() { Path = "/", HttpOnly = true, IsEssential = true, SameSite = SameSiteMode.Lax, Secure = issuer.IsHttps, MaxAge = life };
}
