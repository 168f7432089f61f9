using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OidcProvider.Data;
using OidcProvider.Keys;
using OidcProvider.Tokens;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Admin.Keys;

/// <summary>What breaks when a key is taken out, in words and numbers, before anybody presses the button.</summary>
internal sealed class RevocationImpact(AppDbContext database, IOptions<TokensOptions> tokens)
{
    public async Task<IReadOnlyList<string>> OfAsync(KeyView key, CancellationToken cancellation)
    {
        if (key.Phase is "announced")
        {
            return ["It has signed nothing yet. Another key is announced in its place."];
        }

        if (key.Phase is "expired")
        {
            return ["Nothing that it signed can still be valid."];
        }

        List<string> breaks = [];
        if (key.Algorithm is KeyRing.InternalAlgorithm || key.Use == "enc")
        {
            var grants = await database.Authorizations.CountAsync(row => row.Status == Statuses.Valid, cancellation);
            var apps = await database.Authorizations.Where(row => row.Status == Statuses.Valid).Select(row => row.Application!.Id).Distinct().CountAsync(cancellation);
            breaks.Add($"Authorization codes, device codes and refresh tokens made with it are refused: of {grants} sign-in(s) of users in {apps} app(s), those that used this key must be done again.");
        }

        if (key.Algorithm == tokens.Value.AccessTokenAlgorithm)
        {
            breaks.Add($"Access tokens that it signed are refused here at once and by APIs as soon as they read the key list anew; apps get new ones by refreshing. They would live {tokens.Value.AccessTokenLifetime.TotalMinutes:0} minutes more at most.");
        }

        if (key.Use == "sig")
        {
            breaks.Add("ID tokens that it signed no longer verify; apps that keep one as a hint for sign-out must get a new one.");
            breaks.Add("An app that does not read the key list (JWKS) again when it meets an unknown key refuses every new sign-in until it does.");
        }

        return breaks;
    }
}
