using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace OidcProvider.Admin.Playground;

/// <summary>One thing that a client checks about a token, and how it came out.</summary>
internal sealed record TokenCheck(string What, bool Holds, string Detail);

/// <summary>A claim with its value and what it means.</summary>
internal sealed record ClaimView(string Name, string Value, string Meaning);

/// <summary>A token taken apart and judged as a client should (OpenID Connect Core 1.0 §3.1.3.7, RFC 9068 §4). Pure.</summary>
internal sealed record TokenView(string Name, string Token, string? Header, IReadOnlyList<ClaimView> Claims, IReadOnlyList<TokenCheck> Checks)
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Dictionary<string, string> Meanings = new(StringComparer.Ordinal)
    {
        ["iss"] = "Who issued it.", ["sub"] = "Whom it is about: the user's stable id here.", ["aud"] = "Whom it is for. Anybody else must refuse it.", ["exp"] = "When it ends.", ["nbf"] = "When it begins.",
        ["iat"] = "When it was issued.", ["auth_time"] = "When the user last proved who they are.", ["nonce"] = "The value of the authorization request: ties the token to this sign-in.", ["acr"] = "How strong the sign-in was.",
        ["amr"] = "How the user signed in (RFC 8176).", ["azp"] = "The client it was issued to.", ["at_hash"] = "Half a hash of the access token: ties the two together.", ["sid"] = "The session, for logout.",
        ["jti"] = "The token's own id.", ["client_id"] = "The client it was issued to.", ["scope"] = "What it may be used for.", ["roles"] = "Roles the user holds.", ["email"] = "E-mail address.", ["email_verified"] = "Whether the user has proven that they read mail there.",
        ["name"] = "Full name.",
    };

    public static TokenView OfIdToken(string token, JsonWebKeySet? keys, string issuer, string clientId, string? nonce, string? accessToken, DateTimeOffset now)
    {
        var (view, read) = Take("ID token", token, keys, issuer, clientId, now);
        if (read is null)
        {
            return view;
        }

        List<TokenCheck> checks = [.. view.Checks];
        if (nonce is not null)
        {
            checks.Add(new("nonce", Text(read, "nonce") == nonce, "is the one of the authorization request"));
        }

        if (Text(read, "at_hash") is { } hash && accessToken is not null)
        {
            checks.Add(new("at_hash", hash == WebEncoders.Base64UrlEncode(Digest(read.Alg, Encoding.ASCII.GetBytes(accessToken))), "fits the access token"));
        }

        return view with { Checks = checks };
    }

    public static TokenView OfAccessToken(string token, JsonWebKeySet? keys, string issuer, DateTimeOffset now)
    {
        var (view, read) = Take("Access token", token, keys, issuer, audience: null, now);
        return read is null ? view : view with { Checks = [.. view.Checks, new("typ", read.Typ == "at+jwt", "at+jwt: an access token cannot pass as an ID token (RFC 9068 §2.1)")] };
    }

    private static (TokenView View, JsonWebToken? Read) Take(string name, string token, JsonWebKeySet? keys, string issuer, string? audience, DateTimeOffset now)
    {
        if (!new JsonWebTokenHandler().CanReadToken(token))
        {
            return (new TokenView(name, token, null, [], [new("form", true, "opaque: only this server can read it")]), null);
        }

        var read = new JsonWebToken(token);
        List<TokenCheck> checks =
        [
            new("signature", Signed(read, keys), $"{read.Alg} with key {read.Kid} of the JWKS"),
            new("iss", read.Issuer == issuer, $"is {issuer}"),
            new("exp", read.ValidTo > now.UtcDateTime, $"ends {read.ValidTo:u}"),
        ];
        if (audience is not null)
        {
            checks.Add(new("aud", read.Audiences.Contains(audience), $"names {audience}"));
        }

        return (new TokenView(name, token, Pretty(read.EncodedHeader), [.. Explained(read)], checks), read);
    }

    private static bool Signed(JsonWebToken token, JsonWebKeySet? keys) => keys is not null && keys.GetSigningKeys().Where(key => key.KeyId == token.Kid).Any(key =>
    {
        var provider = key.CryptoProviderFactory.CreateForVerifying(key, token.Alg);
        try
        {
            return provider.Verify(Encoding.ASCII.GetBytes($"{token.EncodedHeader}.{token.EncodedPayload}"), WebEncoders.Base64UrlDecode(token.EncodedSignature));
        }
        finally
        {
            key.CryptoProviderFactory.ReleaseSignatureProvider(provider);
        }
    });

    private static IEnumerable<ClaimView> Explained(JsonWebToken token) => JsonNode.Parse(WebEncoders.Base64UrlDecode(token.EncodedPayload))!.AsObject().Select(claim => new ClaimView(
        claim.Key,
        claim.Key is "exp" or "nbf" or "iat" or "auth_time" && claim.Value is JsonValue number && number.TryGetValue<long>(out var seconds) ? string.Create(CultureInfo.InvariantCulture, $"{seconds} ({DateTimeOffset.FromUnixTimeSeconds(seconds):u})") : claim.Value?.ToJsonString(Readable) ?? "null",
        Meanings.GetValueOrDefault(claim.Key) ?? ""));

    private static string? Text(JsonWebToken token, string claim) => token.TryGetPayloadValue<string>(claim, out var value) ? value : null;

    // OpenID Connect Core 1.0 §3.1.3.6: the left half of the hash that the algorithm uses.
    private static byte[] Digest(string algorithm, byte[] data)
    {
        var hash = algorithm[^3..] switch { "384" => SHA384.HashData(data), "512" => SHA512.HashData(data), _ => SHA256.HashData(data) };
        return hash[..(hash.Length / 2)];
    }

    private static string Pretty(string encoded) => JsonNode.Parse(WebEncoders.Base64UrlDecode(encoded))!.ToJsonString(Readable);
}
