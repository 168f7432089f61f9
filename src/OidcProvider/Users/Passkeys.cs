using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Audit;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Languages;

namespace OidcProvider.Users;

/// <summary>What a browser needs to begin a ceremony: its id, to be sent back, and the options for WebAuthn.</summary>
internal sealed record BegunCeremony(string Id, string Options);

/// <summary>Who a passkey proved to be, and how (RFC 8176: <c>hwk</c> bound to a device, <c>swk</c> synced, <c>user</c> verified).</summary>
internal sealed record PasskeyProof(User User, IReadOnlyList<string> Amr);

/// <summary>
/// Passkeys (WebAuthn Level 3) through ASP.NET Core Identity's handler. What a ceremony was begun with is kept here and used up by the first
/// answer, right or wrong: the framework keeps it in a cookie, where it can be replayed. RP ID and origin come from the issuer.
/// </summary>
internal sealed class Passkeys(AppDbContext database, UserManager<User> users, IPasskeyHandler<User> handler, AuditLog audit, FactorNotices notices, TimeProvider time)
{
    private const string Assert = "assert", Attest = "attest";
    private static readonly string[] Verified = ["user", "mfa"];
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    /// <param name="http">The request.</param>
    /// <param name="user">Whose passkeys may answer, or null for whoever has one here.</param>
    public async Task<BegunCeremony> BeginAssertionAsync(HttpContext http, User? user)
    {
        var made = await handler.MakeRequestOptionsAsync(user, http);
        return await KeepAsync(Assert, user?.Id, made.AssertionState, made.RequestOptionsJson);
    }

    /// <summary>Null: the answer is to no ceremony of ours, or is wrong. The ceremony is over either way.</summary>
    public async Task<PasskeyProof?> FinishAssertionAsync(HttpContext http, string? id, string? credential, Guid? expected)
    {
        if (await TakeAsync(Assert, id) is not { } ceremony || ceremony.UserId != expected || string.IsNullOrEmpty(credential))
        {
            return null;
        }

        var result = await handler.PerformAssertionAsync(new PasskeyAssertionContext { HttpContext = http, CredentialJson = credential, AssertionState = ceremony.State });
        if (!result.Succeeded || (expected is not null && result.User.Id != expected))
        {
            await audit.WriteAsync(AuditEvents.SignInFailed, actor: null, expected?.ToString(), reason: "passkey_refused");
            return null;
        }

        await users.AddOrUpdatePasskeyAsync(result.User, result.Passkey);
        await audit.WriteAsync(AuditEvents.PasskeyUsed, result.User.Id.ToString(), result.User.Id.ToString(), reason: Reference(result.Passkey));
        return new PasskeyProof(result.User, Amr(result.Passkey));
    }

    public async Task<BegunCeremony> BeginAttestationAsync(HttpContext http, User user)
    {
        var made = await handler.MakeCreationOptionsAsync(new PasskeyUserEntity { Id = user.Id.ToString(), Name = user.Email ?? user.UserName!, DisplayName = user.FullName ?? user.Email ?? user.UserName! }, http);
        return await KeepAsync(Attest, user.Id, made.AttestationState, made.CreationOptionsJson);
    }

    /// <summary>Adds the passkey that the browser made, and says how it was shown.</summary>
    public async Task<Result<string[]>> FinishAttestationAsync(HttpContext http, User user, string? id, string? credential, string? name)
    {
        var refused = new Problem("passkey_refused", Words.Current["passkey.not_kept"], "passkey");
        if (await TakeAsync(Attest, id) is not { } ceremony || ceremony.UserId != user.Id || string.IsNullOrEmpty(credential))
        {
            return refused;
        }

        var result = await handler.PerformAttestationAsync(new PasskeyAttestationContext { HttpContext = http, CredentialJson = credential, AttestationState = ceremony.State });
        if (!result.Succeeded || result.UserEntity.Id != user.Id.ToString() || await users.FindByPasskeyIdAsync(result.Passkey.CredentialId) is not null)
        {
            return refused;
        }

        result.Passkey.Name = Name(name, PasskeyProviders.Of(result.Passkey.AttestationObject));
        if (!(await users.AddOrUpdatePasskeyAsync(await TrackedAsync(user), result.Passkey)).Succeeded)
        {
            return refused;
        }

        await notices.PasskeyAddedAsync(user.Id, result.Passkey.Name);
        await audit.WriteAsync(AuditEvents.PasskeyAdded, user.Id.ToString(), user.Id.ToString());
        return Amr(result.Passkey);
    }

    public async Task<IReadOnlyList<UserPasskeyInfo>> ListAsync(User user) => [.. (await users.GetPasskeysAsync(user)).OrderBy(passkey => passkey.CreatedAt)];

    /// <summary>When each passkey signed in last; of those that never did nothing.</summary>
    public async Task<IReadOnlyDictionary<string, DateTime>> LastUsesAsync(User user)
    {
        var subject = user.Id.ToString();
        var uses = await database.AuditRecords.AsNoTracking().Where(row => row.Subject == subject && row.Event == AuditEvents.PasskeyUsed)
            .GroupBy(row => row.Reason!).Select(group => new { Passkey = group.Key, At = group.Max(row => row.At) }).ToListAsync();
        return (await ListAsync(user)).Join(uses, Reference, use => use.Passkey, (passkey, use) => (Id: IdOf(passkey), use.At)).ToDictionary(use => use.Id, use => use.At);
    }

    /// <summary>The id of the credential in a browser's answer when nobody here has it: its keeper may forget it (WebAuthn Level 3 §5.1.10.1).</summary>
    public async Task<string?> UnknownIdAsync(string? credential)
    {
        try
        {
            return credential is { Length: <= 20_000 } && (string?)JsonNode.Parse(credential)?["id"] is { Length: > 0 and <= 1400 } id
                && await users.FindByPasskeyIdAsync(WebEncoders.Base64UrlDecode(id)) is null ? id : null;
        }
        catch (Exception fault) when (fault is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    public async Task<bool> RenameAsync(User user, string? id, string? name)
    {
        if (await FindAsync(user, id) is not { } passkey)
        {
            return false;
        }

        passkey.Name = Name(name, PasskeyProviders.Of(passkey.AttestationObject));
        await users.AddOrUpdatePasskeyAsync(await TrackedAsync(user), passkey);
        await audit.WriteAsync(AuditEvents.PasskeyRenamed, user.Id.ToString(), user.Id.ToString());
        return true;
    }

    public async Task<bool> RemoveAsync(User user, string? id)
    {
        if (await FindAsync(user, id) is not { } passkey)
        {
            return false;
        }

        await users.RemovePasskeyAsync(await TrackedAsync(user), passkey.CredentialId);
        await notices.PasskeyRemovedAsync(user.Id, passkey.Name ?? "");
        await audit.WriteAsync(AuditEvents.PasskeyRemoved, user.Id.ToString(), user.Id.ToString());
        return true;
    }

    public static string IdOf(UserPasskeyInfo passkey) => WebEncoders.Base64UrlEncode(passkey.CredentialId);

    private static string[] Amr(UserPasskeyInfo passkey) => [passkey.IsBackedUp ? "swk" : "hwk", .. passkey.IsUserVerified ? Verified : []];

    // Identity saves the user along with the passkey, and wants the one it knows.
    private async Task<User> TrackedAsync(User user) => (await users.FindByIdAsync(user.Id.ToString()))!;

    private async Task<UserPasskeyInfo?> FindAsync(User user, string? id) => (await users.GetPasskeysAsync(user)).FirstOrDefault(passkey => IdOf(passkey) == id);

    private async Task<BegunCeremony> KeepAsync(string kind, Guid? userId, string? state, string options)
    {
        var id = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        database.Ceremonies.Add(new Ceremony { Id = Hash(id), Kind = kind, UserId = userId, State = state ?? "", ExpiresAt = time.GetUtcNow().UtcDateTime + Life });
        await database.SaveChangesAsync();
        return new BegunCeremony(id, options);
    }

    private async Task<Ceremony?> TakeAsync(string kind, string? id)
    {
        var (hash, now) = (Hash(id is { Length: <= 100 } ? id : ""), time.GetUtcNow().UtcDateTime);
        var ceremony = await database.Ceremonies.AsNoTracking().SingleOrDefaultAsync(row => row.Id == hash && row.Kind == kind && row.ExpiresAt > now);
        return ceremony is not null && await database.Ceremonies.Where(row => row.Id == hash).ExecuteDeleteAsync() == 1 ? ceremony : null;
    }

    private static string Name(string? name, string? provider) =>
        string.Concat((name ?? "").Where(character => !char.IsControl(character))).Trim() is { Length: > 0 } given ? given.Length <= 60 ? given : given[..60] : provider ?? Words.Current["passkey.default_name"];

    // Which passkey an audit record tells of.
    private static string Reference(UserPasskeyInfo passkey) => WebEncoders.Base64UrlEncode(SHA256.HashData(passkey.CredentialId));

    private static byte[] Hash(string id) => SHA256.HashData(Encoding.UTF8.GetBytes(id));
}
