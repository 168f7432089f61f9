using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;
using OidcProvider.Languages;
using OidcProvider.Mail;

namespace OidcProvider.Users;

/// <summary>
/// Tells users by mail what was changed about how they sign in (ASVS 5.0 6.3.7), in the transaction of the change. Nothing that could be used
/// stands in these mails.
/// </summary>
internal sealed class FactorNotices(AppDbContext database, Outbox outbox)
{
    public Task AuthenticatorAddedAsync(Guid userId) => TellAsync(userId, "mail.authenticator_added");

    public Task AuthenticatorRemovedAsync(Guid userId) => TellAsync(userId, "mail.authenticator_removed");

    public Task RecoveryCodesRenewedAsync(Guid userId) => TellAsync(userId, "mail.codes_renewed");

    public Task PasskeyAddedAsync(Guid userId, string name) => TellAsync(userId, "mail.passkey_added", ("name", name));

    public Task PasskeyRemovedAsync(Guid userId, string name) => TellAsync(userId, "mail.passkey_removed", ("name", name));

    public Task ResetAsync(Guid userId) => TellAsync(userId, "mail.factors_reset");

    private async Task TellAsync(Guid userId, string key, params (string Name, object? Value)[] values)
    {
        if (await database.Users.AsNoTracking().SingleOrDefaultAsync(user => user.Id == userId) is { Email: { } address } user)
        {
            var words = Words.For(user.Locale);
            outbox.Append(address, Letter.Of(words, key, url: null, values) with { After = [words["mail.not_you"]] });
        }
    }
}
