using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;

namespace OidcProvider.TestKit;

/// <summary>What a passkey says, where it is not the truth. What is left out is true.</summary>
public sealed record PasskeyLie(
    string? Origin = null, string? Type = null, string? Challenge = null, string? RpId = null, byte? Flags = null, uint? Counter = null, string? UserHandle = null,
    byte[]? CredentialId = null, string? MoreClientData = null, int Algorithm = -7, bool BreakSignature = false, string? CredentialType = null);

/// <summary>A passkey without a device (WebAuthn Level 3, ES256, attestation "none"): makes what a browser would send, and can be told to lie.</summary>
public sealed class SoftPasskey(string rpId, string origin) : IDisposable
{
    public const byte Present = 0x01, Verified = 0x04, BackupEligible = 0x08, BackedUp = 0x10, HasCredential = 0x40;

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public byte[] Id { get; init; } = RandomNumberGenerator.GetBytes(32);

    public string IdText => Base64UrlEncoder.Encode(Id);

    public string? UserHandle { get; private set; }

    /// <summary>Goes up with each use; a synced passkey leaves it at nought.</summary>
    public uint Counter { get; set; }

    /// <summary>Answers creation options.</summary>
    public string Attest(JsonNode options, PasskeyLie? lie = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        lie ??= new PasskeyLie();
        UserHandle = (string?)options["user"]!["id"];
        var id = lie.CredentialId ?? Id;
        var point = _key.ExportParameters(false).Q;
        byte[] algorithm = lie.Algorithm is < -24 ? [0x39, (byte)((-1 - lie.Algorithm) >> 8), (byte)(-1 - lie.Algorithm)] : [(byte)(0x20 + (-1 - lie.Algorithm))];
        byte[] coseKey = [0xA5, 0x01, 0x02, 0x03, .. algorithm, 0x20, 0x01, 0x21, 0x58, 0x20, .. point.X!, 0x22, 0x58, 0x20, .. point.Y!];
        byte[] authData = [.. AuthenticatorData(lie, HasCredential), .. new byte[16], (byte)(id.Length >> 8), (byte)id.Length, .. id, .. coseKey];
        byte[] attestation = [0xA3, 0x63, .. "fmt"u8, 0x64, .. "none"u8, 0x67, .. "attStmt"u8, 0xA0, 0x68, .. "authData"u8, 0x59, (byte)(authData.Length >> 8), (byte)authData.Length, .. authData];
        var response = new JsonObject { ["clientDataJSON"] = Text(ClientData(options, "webauthn.create", lie)), ["attestationObject"] = Text(attestation), ["transports"] = new JsonArray("internal") };
        return Credential(id, response, lie);
    }

    /// <summary>Answers request options.</summary>
    public string Assert(JsonNode options, PasskeyLie? lie = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        lie ??= new PasskeyLie();
        var clientData = ClientData(options, "webauthn.get", lie);
        var authData = AuthenticatorData(lie, 0);
        var signature = _key.SignData([.. authData, .. SHA256.HashData(clientData)], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        if (lie.BreakSignature)
        {
            signature[^1] ^= 1;
        }

        var response = new JsonObject { ["clientDataJSON"] = Text(clientData), ["authenticatorData"] = Text(authData), ["signature"] = Text(signature), ["userHandle"] = lie.UserHandle ?? UserHandle };
        return Credential(lie.CredentialId ?? Id, response, lie);
    }

    public void Dispose() => _key.Dispose();

    private byte[] ClientData(JsonNode options, string type, PasskeyLie lie) => Encoding.UTF8.GetBytes(
        $$"""{"type":"{{lie.Type ?? type}}","challenge":"{{lie.Challenge ?? (string?)options["challenge"]}}","origin":"{{lie.Origin ?? origin}}","crossOrigin":false{{lie.MoreClientData}}}""");

    private byte[] AuthenticatorData(PasskeyLie lie, byte more)
    {
        var data = new byte[37];
        SHA256.HashData(Encoding.UTF8.GetBytes(lie.RpId ?? rpId), data);
        data[32] = (byte)((lie.Flags ?? (Present | Verified)) | more);
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(33), lie.Counter ?? Counter);
        return data;
    }

    private static string Credential(byte[] id, JsonObject response, PasskeyLie lie) => new JsonObject
    {
        ["id"] = Text(id), ["rawId"] = Text(id), ["type"] = lie.CredentialType ?? "public-key", ["clientExtensionResults"] = new JsonObject(), ["authenticatorAttachment"] = "platform", ["response"] = response,
    }.ToJsonString();

    private static string Text(byte[] bytes) => Base64UrlEncoder.Encode(bytes);
}
