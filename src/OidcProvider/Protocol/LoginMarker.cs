using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace OidcProvider.Protocol;

/// <summary>
/// Remembers, in the return URL, when a request sent the user to sign in. Without it <c>prompt=login</c> would ask for ever;
/// with a plain value the user could invent one. So it is protected and good for that one request only.
/// </summary>
internal sealed class LoginMarker(IDataProtectionProvider protection, TimeProvider time)
{
    public const string Parameter = "signin_marker";

    public string Create(IEnumerable<KeyValuePair<string, string>> request) =>
        Protector(request).Protect(time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));

    /// <summary>When the user was sent to sign in, or null when there is no marker, or one of another request.</summary>
    public DateTimeOffset? Read(string? marker, IEnumerable<KeyValuePair<string, string>> request)
    {
        if (string.IsNullOrEmpty(marker))
        {
            return null;
        }

        try
        {
            return DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(Protector(request).Unprotect(marker), CultureInfo.InvariantCulture));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private IDataProtector Protector(IEnumerable<KeyValuePair<string, string>> request)
    {
        var text = string.Join('\n', request.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"));
        return protection.CreateProtector("signin-marker", Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
    }
}
