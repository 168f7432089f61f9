using Microsoft.Extensions.Options;
using OidcProvider.Data;
using OpenIddict.Abstractions;
using OpenIddict.Core;

namespace OidcProvider.Clients;

/// <summary>
/// OpenIddict's view of the clients: our secret hashes instead of its PBKDF2 on every call, our comparison of redirect
/// URIs, and a disabled client is an unknown one at every endpoint. It only reads; <see cref="ClientRegistry"/> writes.
/// </summary>
internal sealed class ClientApplicationManager(
    IOpenIddictApplicationCache<Client> cache,
    ILogger<OpenIddictApplicationManager<Client>> logger,
    IOptionsMonitor<OpenIddictCoreOptions> options,
    IOpenIddictApplicationStore<Client> store,
    ClientSecrets secrets,
    RegistrySnapshot snapshot) : OpenIddictApplicationManager<Client>(cache, logger, options, store)
{
    public override async ValueTask<Client?> FindByClientIdAsync(string identifier, CancellationToken cancellationToken = default) =>
        await snapshot.FindClientAsync(identifier, cancellationToken) is { Registered.Disabled: false } client ? client.Row : null;

    // OpenIddict's own rule also frees the port of "localhost" and of https addresses, which RFC 8252 §7.3 and §8.3 do not.
    public override async ValueTask<bool> ValidateRedirectUriAsync(Client application, string uri, CancellationToken cancellationToken = default) =>
        (await Store.GetRedirectUrisAsync(application, cancellationToken))
            .Any(registered => RedirectUris.Matches(registered, uri, application.ApplicationType == ClientMetadata.Native));

    public override async ValueTask<bool> ValidatePostLogoutRedirectUriAsync(Client application, string uri, CancellationToken cancellationToken = default) =>
        (await Store.GetPostLogoutRedirectUrisAsync(application, cancellationToken))
            .Any(registered => RedirectUris.Matches(registered, uri, application.ApplicationType == ClientMetadata.Native));

    protected override async ValueTask<string> ObfuscateClientSecretAsync(string secret, CancellationToken cancellationToken = default) =>
        await secrets.HashChosenAsync(secret, cancellationToken);

    protected override ValueTask<bool> ValidateClientSecretAsync(string secret, string comparand, CancellationToken cancellationToken = default) =>
        ClientSecrets.Knows(comparand)
            ? secrets.VerifyAsync(comparand, secret, cancellationToken)
            : base.ValidateClientSecretAsync(secret, comparand, cancellationToken);
}
