using System.Text.Json;
using OidcProvider.Data;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Clients;

/// <summary>Derives the columns OpenIddict reads from the definition. The definition is the truth; these are its shadow.</summary>
internal static class ClientColumns
{
    public static void Write(Client row, ClientDefinition client)
    {
        row.Definition = ClientJson.Write(client with { ClientSecret = null });
        row.ClientId = client.ClientId;
        row.ClientType = client.IsPublic() ? ClientTypes.Public : ClientTypes.Confidential;
        row.ApplicationType = client.ApplicationType;
        row.ConsentType = client.Consent == ClientMetadata.ImplicitConsent ? ConsentTypes.Implicit : ConsentTypes.Explicit;
        row.DisplayName = client.ClientName ?? client.ClientId;
        row.RedirectUris = List(client.RedirectUris);
        row.PostLogoutRedirectUris = List(client.PostLogoutRedirectUris);
        row.JsonWebKeySet = client.Jwks?.ToJsonString();
        row.Permissions = List(Permissions(client));
        row.Requirements = List(Requirements(client));
        row.Settings = Settings(client);
    }

    /// <summary>What lists are narrowed by, once the columns are written.</summary>
    public static IReadOnlyList<ClientTrait> Traits(Client row, ClientDefinition client)
    {
        IEnumerable<(string Kind, string? Value)> traits =
        [
            .. client.GrantTypes.Select(grant => (ClientTrait.GrantType, grant)), .. client.Scopes().Select(scope => (ClientTrait.Scope, scope)),
            (ClientTrait.ApplicationType, row.ApplicationType), (ClientTrait.Type, row.ClientType), (ClientTrait.State, row.DisabledAt is null ? null : ClientTrait.Disabled),
        ];
        return [.. traits.Where(trait => trait.Value is not null).Distinct().Select(trait => new ClientTrait { Kind = trait.Kind, Value = trait.Value!, ClientId = row.Id })];
    }

    private static List<string> Permissions(ClientDefinition client)
    {
        List<string> permissions = [OpenIddictConstants.Permissions.Endpoints.Token, OpenIddictConstants.Permissions.Endpoints.Revocation];
        if (client.HasGrant(ClientMetadata.AuthorizationCode))
        {
            permissions.Add(OpenIddictConstants.Permissions.Endpoints.Authorization);
            permissions.Add(OpenIddictConstants.Permissions.Endpoints.PushedAuthorization);
            permissions.Add(OpenIddictConstants.Permissions.Endpoints.EndSession);
        }

        if (client.HasGrant(ClientMetadata.DeviceCode))
        {
            permissions.Add(OpenIddictConstants.Permissions.Endpoints.DeviceAuthorization);
        }

        // RFC 7662 §2.1: whoever asks about tokens must prove who they are.
        if (!client.IsPublic())
        {
            permissions.Add(OpenIddictConstants.Permissions.Endpoints.Introspection);
        }

        permissions.AddRange(client.GrantTypes.Select(grant => OpenIddictConstants.Permissions.Prefixes.GrantType + grant));
        permissions.AddRange(client.ResponseTypes.Select(type => OpenIddictConstants.Permissions.Prefixes.ResponseType + type));
        permissions.AddRange(client.Scopes().Select(scope => OpenIddictConstants.Permissions.Prefixes.Scope + scope));
        return permissions;
    }

    private static List<string> Requirements(ClientDefinition client)
    {
        List<string> requirements = [];
        if (client.RequirePkce && client.HasGrant(ClientMetadata.AuthorizationCode))
        {
            requirements.Add(OpenIddictConstants.Requirements.Features.ProofKeyForCodeExchange);
        }

        if (client.RequirePushedAuthorizationRequests)
        {
            requirements.Add(OpenIddictConstants.Requirements.Features.PushedAuthorizationRequests);
        }

        return requirements;
    }

    private static string? Settings(ClientDefinition client)
    {
        Dictionary<string, string> settings = [];
        if (client.AccessTokenLifetime is { } access)
        {
            settings[OpenIddictConstants.Settings.TokenLifetimes.AccessToken] = access.ToString("c");
        }

        if (client.RefreshTokenLifetime is { } refresh)
        {
            settings[OpenIddictConstants.Settings.TokenLifetimes.RefreshToken] = refresh.ToString("c");
        }

        return settings.Count == 0 ? null : JsonSerializer.Serialize(settings);
    }

    // OpenIddict reads an absent list as null.
    private static string? List(IReadOnlyList<string> values) => values.Count == 0 ? null : JsonSerializer.Serialize(values);
}
