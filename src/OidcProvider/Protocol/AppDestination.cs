using Microsoft.AspNetCore.WebUtilities;
using OidcProvider.Branding;
using OidcProvider.Clients;
using OidcProvider.Hosting;
using OidcProvider.Languages;

namespace OidcProvider.Protocol;

/// <summary>Names the app at the end of a return URL: the client of the authorization request it goes on with. Every such request names its client, a pushed one too (RFC 9126 §4).</summary>
internal sealed class AppDestination(RegistrySnapshot registry, IssuerUri issuer)
{
    public async ValueTask<Destination?> FindAsync(string? returnUrl, Words words)
    {
        var end = returnUrl?.IndexOf('?', StringComparison.Ordinal) ?? -1;
        if (end < 0 || returnUrl![..end] != $"{issuer.Path}/connect/authorize" || QueryHelpers.ParseQuery(returnUrl[end..]).GetValueOrDefault("client_id") is not [{ Length: > 0 } clientId])
        {
            return null;
        }

        return (await registry.FindClientAsync(clientId))?.Registered is { Disabled: false } client && client.Definition.In(words.Language) is var shown
            ? new Destination(shown.ClientName!, shown.LogoUri, shown.PolicyUri, shown.TosUri, shown.Colors())
            : null;
    }
}
