using System.Security.Claims;
using OidcProvider.Clients;
using OidcProvider.Hosting;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Protocol;

/// <summary>A client acts for itself (RFC 6749 §4.4). There is no user and no refresh token (§4.4.3).</summary>
internal sealed class ClientCredentialsGrant(GrantPrincipal principals)
{
    // These are about a user.
    private static readonly HashSet<string> UserScopes = new(StandardScopes.All.Select(scope => scope.Name), StringComparer.Ordinal);

    public async Task<Result<ClaimsPrincipal>> GrantAsync(OpenIddictRequest request, RegisteredClient client)
    {
        var asked = request.GetScopes();
        if (asked.FirstOrDefault(UserScopes.Contains) is { } wrong)
        {
            return new Problem(Errors.InvalidScope, $"The scope {wrong} is about a user; a client acting for itself has none.");
        }

        // §3.3: without a scope the client gets what it is registered for.
        var granted = asked.Length > 0 ? [.. asked] : client.Definition.Scopes().Where(scope => !UserScopes.Contains(scope)).ToArray();
        return await principals.ForClientAsync(client.ClientId, granted, CancellationToken.None);
    }
}
