using Microsoft.Extensions.Options;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Languages;

namespace OidcProvider.Users;

/// <summary>Keeps users from removing what they cannot do without: the second factor that a role of theirs needs, the only way to sign in.</summary>
internal sealed class LastFactor(SecondFactors factors, IOptions<UsersOptions> options)
{
    /// <summary>Null: it may go.</summary>
    public async Task<Problem?> FaultAsync(User user, IEnumerable<string> roles, bool passkey)
    {
        var state = await factors.StateAsync(user.Id);
        var left = (state.Authenticator ? 1 : 0) + state.Passkeys - 1;
        if (left < 1 && options.Value.RequiresMfa(roles))
        {
            return new Problem("last_factor", Words.Current["passkey.last_required"]);
        }

        return passkey && state.Passkeys == 1 && user.PasswordHash is null
            ? new Problem("last_factor", Words.Current["passkey.last_only"])
            : null;
    }
}
