using System.Buffers.Text;
using System.Security.Cryptography;

namespace OidcProvider.Tokens;

/// <summary>
/// The <c>jti</c> of a JWT access token. It begins with the authorization the token hangs on, so that one indexed look-up tells
/// whether that still stands, without a row per token and without private claims in the JWT. A client's own token
/// (client credentials) hangs on none.
/// </summary>
internal static class AccessTokenId
{
    private const int GuidSize = 16, RandomSize = 16;

    public static string Create(Guid? authorization)
    {
        Span<byte> bytes = stackalloc byte[GuidSize + RandomSize];
        var random = bytes;
        if (authorization is { } id)
        {
            id.TryWriteBytes(bytes);
            random = bytes[GuidSize..];
        }
        else
        {
            random = bytes = bytes[..RandomSize];
        }

        RandomNumberGenerator.Fill(random);
        return Base64Url.EncodeToString(bytes);
    }

    public static Guid? AuthorizationOf(string? jti)
    {
        Span<byte> bytes = stackalloc byte[GuidSize + RandomSize];
        return jti is { Length: 43 } && Base64Url.IsValid(jti) && Base64Url.TryDecodeFromChars(jti, bytes, out var length) && length == bytes.Length
            ? new Guid(bytes[..GuidSize])
            : null;
    }
}
