using System.Text.Json;
using OidcProvider.Audit;
using OidcProvider.Data;
using OidcProvider.Hosting;
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
        if (await users.FindByNameAsync(email) is { Email: { } taken })
        {
            outbox.Append(taken, new Letter("You have an account already", [$"Somebody, perhaps you, tried to make a new account for {taken}. There is one already, so nothing was changed."], ("Sign in", Url("/login")), ["Forgotten the password? The sign-in page has a link."]));
        }
        else
        {
            var token = await links.CreateAsync(LinkPurpose.Register, null, JsonSerializer.Serialize(new Wanted(email.Trim(), givenName, familyName, passwordHash)));
            outbox.Append(email.Trim(), new Letter("Confirm your e-mail address", ["One step is left to make your account."], ("Confirm my address", Url($"/register/confirm?token={token}")), ["The link works once, for an hour. If you did not ask for an account, ignore this mail."]), MailedLinks.Life);
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
            outbox.Append(address, new Letter("Set a new password", ["Somebody, perhaps you, asked to set a new password for your account."], ("Set a new password", Url($"/password/reset?token={token}")), ["The link works once, for an hour; a newer one replaces it. If it was not you, ignore this mail: your password stays as it is."]), MailedLinks.Life);
        }

        await database.SaveChangesAsync();
    }

    private string Url(string path) => issuer.Value.TrimEnd('/') + path;
}
