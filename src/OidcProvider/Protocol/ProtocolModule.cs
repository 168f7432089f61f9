using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OidcProvider.Branding;
using OidcProvider.Clients;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Protocol.Explain;
using OidcProvider.Protocol.Handlers;
using OidcProvider.Tokens;
using OpenIddict.EntityFrameworkCore;
using OpenIddict.Server;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;
using Engine = OpenIddict.Server.OpenIddictServerHandlers;
using Web = OpenIddict.Server.AspNetCore.OpenIddictServerAspNetCoreHandlers;

namespace OidcProvider.Protocol;

/// <summary>
/// Owns the protocol: which endpoints, grants and checks there are, and in which order; nothing about it is configured elsewhere.
/// Routes: <c>/connect/{authorize,token,userinfo,introspect,revoke,device,par,logout}</c>, <c>/device</c>, the two metadata
/// documents and the JWKS. Leaves to <c>SignIn</c> how a user signs in, to <c>Tokens</c> what becomes of what is issued, to
/// <c>Logout</c> the page at <c>/connect/logout</c>.
/// </summary>
internal static class ProtocolModule
{
    public static IServiceCollection AddProtocol(this IServiceCollection services)
    {
        services.AddSingleton<GrantPrincipal>().AddScoped<UserGrant>().AddSingleton<ClientCredentialsGrant>().AddSingleton<ApiKeyGrant>();
        services.AddBrowserClients();
        services.AddSingleton<AppDestination>().AddSingleton<DestinationOf>(provider => provider.GetRequiredService<AppDestination>().FindAsync);
        services.AddScoped<AuthorizeRequest>().AddScoped<CodeIssue>().AddSingleton<LoginMarker>().AddSingleton<ClientGuesses>();
        services.AddSingleton<RefusalQueue>().AddHostedService<RefusalWriter>();
        services.AddOptions<OpenIddictServerOptions>().Configure<IssuerUri, TimeProvider, IOptions<TokensOptions>>(Configure);
        services.AddOptions<OpenIddictServerAspNetCoreOptions>().Configure<IssuerUri>((options, issuer) =>
            // Only a loopback issuer in Development is http; Hosting/CanonicalOrigin has turned away the rest.
            options.DisableTransportSecurityRequirement = !issuer.IsHttps);

        services.AddSingleton<IWarmUp, EngineWarmUp>();
        services.AddSingleton<WritesRows>().AddSingleton<DispatchPlans>().AddScoped<IOpenIddictServerDispatcher, PlannedDispatcher>();
        services.AddOpenIddict()
            .AddCore(core =>
            {
                core.UseEntityFrameworkCore().UseDbContext<AppDbContext>().ReplaceDefaultEntities<Client, Authorization, Scope, Token, Guid>();
                ClientsModule.AddClientManager(core);
                TokensModule.AddTokenRows(core);
                // One request reads each row once; a cache of its own for each would cost more than it saves.
                core.DisableEntityCaching();
                core.Services.Replace(ServiceDescriptor.Scoped<IOpenIddictEntityFrameworkCoreContext, LateContext>());
            })
            .AddServer(AddServer);
        return services;
    }

    private static void AddServer(OpenIddictServerBuilder server)
    {
        server.SetAuthorizationEndpointUris("connect/authorize")
            .SetTokenEndpointUris("connect/token")
            .SetUserInfoEndpointUris("connect/userinfo")
            .SetIntrospectionEndpointUris("connect/introspect")
            .SetRevocationEndpointUris("connect/revoke")
            .SetDeviceAuthorizationEndpointUris("connect/device")
            .SetPushedAuthorizationEndpointUris("connect/par")
            .SetEndSessionEndpointUris("connect/logout")
            .SetEndUserVerificationEndpointUris("device")
            .SetConfigurationEndpointUris(".well-known/openid-configuration", ".well-known/oauth-authorization-server")
            .SetJsonWebKeySetEndpointUris(".well-known/jwks.json");
        server.AllowAuthorizationCodeFlow().AllowClientCredentialsFlow().AllowDeviceAuthorizationFlow().AllowRefreshTokenFlow().AllowTokenExchangeFlow();

        // Opaque handles for what only this server reads; JWTs (RFC 9068) for what resource servers read.
        server.UseReferenceRefreshTokens().DisableAccessTokenEncryption();

        // No vowels and no look-alikes: 20^8 codes that spell nothing (RFC 8628 §6.1).
        server.SetUserCodeCharset([.. "BCDFGHJKLMNPQRSTVWXZ".Select(character => character.ToString())]).SetUserCodeLength(8).SetUserCodeDisplayFormat("{0}{1}{2}{3}-{4}{5}{6}{7}");
        server.RegisterScopes([.. StandardScopes.All.Select(scope => scope.Name).Where(name => !StandardScopes.IsAdministrative(name))]);
        server.DisableScopeValidation();
        server.RegisterClaims([.. StandardScopes.All.SelectMany(scope => scope.Claims), Claims.AuthenticationTime, Claims.AuthenticationMethodReference, Claims.Nonce, "sid"]);
        AddHandlers(server);
        server.UseAspNetCore()
            .EnableAuthorizationEndpointPassthrough()
            .EnableEndSessionEndpointPassthrough()
            .EnableEndUserVerificationEndpointPassthrough()
            .EnableStatusCodePagesIntegration()
            .SuppressJsonResponseIndentation();
    }

    private static void Configure(OpenIddictServerOptions options, IssuerUri issuer, TimeProvider time, IOptions<TokensOptions> settings)
    {
        options.Issuer = issuer.Uri;
        options.TimeProvider = time;
        options.AuthorizationCodeLifetime = settings.Value.AuthorizationCodeLifetime;
        options.AccessTokenLifetime = settings.Value.AccessTokenLifetime;
        options.IdentityTokenLifetime = settings.Value.AccessTokenLifetime;
        options.RefreshTokenLifetime = settings.Value.RefreshTokenLifetime;
        options.DeviceCodeLifetime = settings.Value.DeviceCodeLifetime;
        options.UserCodeLifetime = settings.Value.DeviceCodeLifetime;
        options.RequestTokenLifetime = settings.Value.PushedRequestLifetime;

        // RFC 8693: an API key for an access token, and nothing else.
        options.SubjectTokenTypes.Clear();
        options.SubjectTokenTypes.Add(ApiKeyGrant.TokenType);
        options.ActorTokenTypes.Clear();
        options.RequestedTokenTypes.Clear();
        options.RequestedTokenTypes.Add(TokenTypeIdentifiers.AccessToken);
        options.DefaultRequestedTokenType = TokenTypeIdentifiers.AccessToken;

        // RFC 9700 §2.1.1: S256 only.
        options.CodeChallengeMethods.Remove(CodeChallengeMethods.Plain);
    }

    // In the order in which a request meets them.
    private static void AddHandlers(OpenIddictServerBuilder server)
    {
        // What is asked.
        server.Replace<ProcessRequestContext, FindEndpoint>(Engine.InferEndpointType.Descriptor);

        // Who asks. A missing secret is a client that does not authenticate (invalid_client), not a malformed request.
        server.RemoveEventHandler(Engine.Exchange.ValidateClientCredentialsParameters.Descriptor);
        server.Use<ProcessAuthenticationContext, CheckClient>(Engine.ValidateClientId.Descriptor.Order - 500);
        server.RemoveEventHandler(Engine.ValidateClientSecret.Descriptor);
        server.Use<ProcessAuthenticationContext, CheckClientSecret>(Engine.ValidateClientSecret.Descriptor.Order);
        server.Use<ValidateAuthorizationRequestContext, CheckCodeChallenge>(Engine.Authentication.ValidateProofKeyForCodeExchangeParameters.Descriptor.Order + 500);
        server.Use<ValidatePushedAuthorizationRequestContext, CheckCodeChallenge>(Engine.Authentication.ValidatePushedProofKeyForCodeExchangeParameters.Descriptor.Order + 500);
        server.Replace<ValidateAuthorizationRequestContext, CheckScopes>(Engine.Authentication.ValidateScopePermissions.Descriptor);
        server.Replace<ValidatePushedAuthorizationRequestContext, CheckScopes>(Engine.Authentication.ValidatePushedScopePermissions.Descriptor);
        server.Replace<ValidateDeviceAuthorizationRequestContext, CheckScopes>(Engine.Device.ValidateScopePermissions.Descriptor);
        server.Replace<ValidateTokenRequestContext, CheckScopes>(Engine.Exchange.ValidateScopePermissions.Descriptor);

        // Where it is good for. The engine would know each resource and who may have it beforehand.
        server.RemoveEventHandler(Engine.Exchange.ValidateAudiences.Descriptor);
        server.RemoveEventHandler(Engine.Exchange.ValidateAudiencePermissions.Descriptor);
        server.RemoveEventHandler(Engine.Exchange.ValidateResourcePermissions.Descriptor);
        server.Replace<ValidateTokenRequestContext, CheckTargets>(Engine.Exchange.ValidateResources.Descriptor);

        // What they present.
        server.Use<ProcessAuthenticationContext, PresentedApiKey>(Engine.ValidateGenericToken.Descriptor.Order - 500);
        server.Use<ExtractEndUserVerificationRequestContext, ReadUserCode>(Web.ExtractGetOrPostRequest<ExtractEndUserVerificationRequestContext>.Descriptor.Order + 500);
        server.ReplacePerRequest<ValidateTokenContext, ReadState>(Engine.Protection.ValidateReferenceTokenIdentifier.Descriptor);
        server.Narrow<ValidateTokenContext, RowNotRead>(Engine.Protection.RestoreTokenEntryProperties.Descriptor);
        server.RemoveEventHandler(Engine.Protection.ValidateTokenEntry.Descriptor);
        server.AddEventHandler<ValidateTokenContext>(handler => handler.AddFilter<HasRow>().UseScopedHandler<CheckTokenState>().SetOrder(Engine.Protection.ValidateTokenEntry.Descriptor.Order));
        server.RemoveEventHandler(Engine.Protection.ValidateAuthorizationEntry.Descriptor);
        server.UsePerRequest<ValidateTokenContext, AccessTokenState>(Engine.Protection.ValidateAuthorizationEntry.Descriptor.Order + 500);
        server.Replace<ValidateTokenRequestContext, CheckScopes.Granted>(Engine.Exchange.ValidateGrantedScopes.Descriptor);
        server.Replace<ValidateTokenRequestContext, CheckCodeVerifier>(Engine.Exchange.ValidateCodeVerifier.Descriptor);

        // What they get.
        server.Use<HandleTokenRequestContext, TokenEndpoint>(Engine.Exchange.AttachPrincipal.Descriptor.Order + 500);
        server.UsePerRequest<HandleUserInfoRequestContext, UserInfoEndpoint>(Engine.UserInfo.AttachClaims.Descriptor.Order + 500);
        server.Replace<HandleIntrospectionRequestContext, IntrospectionEndpoint>(Engine.Introspection.AttachApplicationClaims.Descriptor);
        server.ReplacePerRequest<HandleRevocationRequestContext, RevocationEndpoint>(Engine.Revocation.RevokeToken.Descriptor);

        // How it is issued.
        server.RemoveEventHandler(Engine.RedeemTokenEntry.Descriptor);
        server.UseForRows<BeginApproval>(Engine.RedeemTokenEntry.Descriptor.Order);
        server.UseForRows<CommitIssue>(Engine.BeautifyGeneratedTokens.Descriptor.Order + 500);
        server.Use<ProcessSignInContext, StateLifetime>(Engine.AttachSignInParameters.Descriptor.Order + 250);
        server.Use<GenerateTokenContext, SelectSigningKey>(Engine.Protection.AttachSecurityCredentials.Descriptor.Order + 250);
        server.Use<GenerateTokenContext, LeanTokens>(Engine.Protection.CreateTokenEntry.Descriptor.Order - 500);
        server.UsePerRequest<GenerateTokenContext, SealState>(Engine.Protection.CreateTokenEntry.Descriptor.Order - 250);
        server.Narrow<GenerateTokenContext, MakesJwt>(Engine.Protection.AttachTokenSubject.Descriptor);
        server.Narrow<GenerateTokenContext, MakesJwt>(Engine.Protection.AttachTokenMetadata.Descriptor);
        server.Use<GenerateTokenContext, ShapeToken>(Engine.Protection.AttachTokenMetadata.Descriptor.Order + 500);

        // How it is said.
        server.Use<HandleConfigurationRequestContext, DescribeServer>(Engine.Discovery.AttachAdditionalMetadata.Descriptor.Order + 500);
        server.Use<ApplyConfigurationResponseContext, DescribeServer>(90_000);
        server.Use<ApplyConfigurationResponseContext, IssuerName>(91_000);
        server.Use<ApplyConfigurationResponseContext, RenderMetadata>(95_000);
        server.Use<ApplyJsonWebKeySetResponseContext, RenderMetadata>(95_000);
        server.UsePerRequest<ApplyAuthorizationResponseContext, RedirectErrors>(Engine.Authentication.AttachRedirectUri.Descriptor.Order + 500);
        server.Use<ApplyAuthorizationResponseContext, IssuerName>(91_000);
        server.Replace<ApplyAuthorizationResponseContext, WriteFormPost>(Web.Authentication.ProcessFormPostResponse.Descriptor);
        server.Use<ApplyIntrospectionResponseContext, IssuerName>(91_000);
        server.Use<ApplyUserInfoResponseContext, IssuerName>(91_000);
        server.Use<ApplyDeviceAuthorizationResponseContext, DescribePolling>(90_000);

        // Why not.
        server.Use<ApplyAuthorizationResponseContext, ReportRefusal<ApplyAuthorizationResponseContext>>(92_000);
        server.Use<ApplyPushedAuthorizationResponseContext, ReportRefusal<ApplyPushedAuthorizationResponseContext>>(92_000);
        server.Use<ApplyTokenResponseContext, ReportRefusal<ApplyTokenResponseContext>>(92_000);
        server.Use<ApplyUserInfoResponseContext, ReportRefusal<ApplyUserInfoResponseContext>>(92_000);
        server.Use<ApplyIntrospectionResponseContext, ReportRefusal<ApplyIntrospectionResponseContext>>(92_000);
        // Before the engine makes of "not your token" the empty answer of RFC 7009 §2.2.
        server.Use<ApplyRevocationResponseContext, ReportRefusal<ApplyRevocationResponseContext>>(Engine.Revocation.NormalizeErrorResponse.Descriptor.Order - 500);
        server.Use<ApplyDeviceAuthorizationResponseContext, ReportRefusal<ApplyDeviceAuthorizationResponseContext>>(92_000);
        server.Use<ApplyEndUserVerificationResponseContext, ReportRefusal<ApplyEndUserVerificationResponseContext>>(92_000);
        server.Use<ApplyEndSessionResponseContext, ReportRefusal<ApplyEndSessionResponseContext>>(92_000);
    }

    // The engine's stores are made for every request, also for those that never ask the database.
    private sealed class LateContext(IServiceProvider request) : IOpenIddictEntityFrameworkCoreContext
    {
        public ValueTask<DbContext> GetDbContextAsync(CancellationToken cancellationToken) => new(request.GetRequiredService<AppDbContext>());
    }

    // Made once.
    private static void Use<TContext, THandler>(this OpenIddictServerBuilder server, int order)
        where TContext : BaseContext where THandler : class, IOpenIddictServerHandler<TContext> =>
        server.AddEventHandler<TContext>(handler => handler.UseSingletonHandler<THandler>().SetOrder(order));

    // Made for each request, with what belongs to it: the database, the rows it writes.
    private static void UsePerRequest<TContext, THandler>(this OpenIddictServerBuilder server, int order)
        where TContext : BaseContext where THandler : class, IOpenIddictServerHandler<TContext> =>
        server.AddEventHandler<TContext>(handler => handler.UseScopedHandler<THandler>().SetOrder(order));

    private static void UseForRows<THandler>(this OpenIddictServerBuilder server, int order) where THandler : class, IOpenIddictServerHandler<ProcessSignInContext> =>
        server.AddEventHandler<ProcessSignInContext>(handler => handler.AddFilter<WritesRows>().UseScopedHandler<THandler>().SetOrder(order));

    // The engine's own step, but not always.
    private static void Narrow<TContext, TFilter>(this OpenIddictServerBuilder server, OpenIddictServerHandlerDescriptor narrowed)
        where TContext : BaseContext where TFilter : class, IOpenIddictServerHandlerFilter<TContext>
    {
        var narrower = OpenIddictServerHandlerDescriptor.CreateBuilder<TContext>().Import(narrowed).AddFilter<TFilter>().Build();
        server.Configure(options => options.Handlers[options.Handlers.IndexOf(narrowed)] = narrower);
    }

    private static void Replace<TContext, THandler>(this OpenIddictServerBuilder server, OpenIddictServerHandlerDescriptor replaced)
        where TContext : BaseContext where THandler : class, IOpenIddictServerHandler<TContext>
    {
        server.RemoveEventHandler(replaced);
        server.Use<TContext, THandler>(replaced.Order);
    }

    private static void ReplacePerRequest<TContext, THandler>(this OpenIddictServerBuilder server, OpenIddictServerHandlerDescriptor replaced)
        where TContext : BaseContext where THandler : class, IOpenIddictServerHandler<TContext>
    {
        server.RemoveEventHandler(replaced);
        server.UsePerRequest<TContext, THandler>(replaced.Order);
    }
}
