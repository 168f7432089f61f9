using System.Text.Json;
using OidcProvider.Audit;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Languages;
using OidcProvider.Mail;
using OidcProvider.Users;

namespace OidcProvider.SignIn;

/// <summary>
/// Making an account oneself, and getting back into one. Nothing is made before the link in the mail was followed, and every question about an
/// address is answered alike whether it has an account (ASVS 5.0 6.3.8).
/// </summary>
internal sealed class Registration(AppDbContext database, UserDirectory users, MailedLinks links, Outbox outbox, AuditLog audit, IssuerUri issuer)
{
    private sealed record Wanted(string Email, string? GivenName, string? FamilyName, string PasswordHash);

    /// <summary>Sends the link that makes the account, or tells the owner of the one that is there.</summary>
    public async Task AskAsync(string email, string? givenName, string? familyName, string passwordHash)
    {
        if (await users.FindByNameAsync(email) is { Email: { } taken } owner)
        {
            outbox.Append(taken, Letter.Of(Words.For(owner.Locale), "mail.taken", Url("/login"), ("email", taken)));
        }
        else
        {
            var token = await links.CreateAsync(LinkPurpose.Register, null, JsonSerializer.Serialize(new Wanted(email.Trim(), givenName, familyName, passwordHash)));
            outbox.Append(email.Trim(), Letter.Of(Words.Current, "mail.register", Url($"/register/confirm?token={token}")), MailedLinks.Life);
        }

        await database.SaveChangesAsync();
    }

    /// <summary>Makes the account. Null: the link was used, has expired, or the address was taken meanwhile.</summary>
    public async Task<User?> ConfirmAsync(string? token)
    {
        if (await links.UseAsync(LinkPurpose.Register, token) is not { Data: { } data } || JsonSerializer.Deserialize<Wanted>(data) is not { } wanted)
        {
            return null;
        }

        var definition = new UserDefinition { Email = wanted.Email, EmailVerified = true, GivenName = wanted.GivenName, FamilyName = wanted.FamilyName };
        return await users.RegisterAsync(definition, wanted.PasswordHash) is { Succeeded: true } made ? made.Value : null;
    }

    public async Task AskResetAsync(string name)
    {
        if (await users.FindByNameAsync(name) is { DisabledAt: null, Email: { } address } user)
        {
            var token = await links.CreateAsync(LinkPurpose.ResetPassword, user.Id);
            audit.Append(AuditEvents.PasswordResetAsked, null, user.Id.ToString());
            outbox.Append(address, Letter.Of(Words.For(user.Locale), "mail.reset", Url($"/password/reset?token={token}")), MailedLinks.Life);
        }
        else
        {
            await links.CreateForNobodyAsync();
            audit.Append(AuditEvents.PasswordResetAsked, null, reason: "unknown_user");
        }

        await database.SaveChangesAsync();
    }

    private string Url(string path) => issuer.Value.TrimEnd('/') + path;
}
