using Microsoft.Extensions.Options;
using OidcProvider.Languages;

namespace OidcProvider.Hosting;

/// <summary>
/// Owns what any web server needs: issuer and canonical origin, forwarded headers, security headers, error page, request ids,
/// start-up checks, the master key, the language of a request. Knows nothing of OpenID Connect.
/// </summary>
internal static class HostingModule
{
    public static IServiceCollection AddHosting(this IServiceCollection services, IConfiguration configuration, IHostEnvironment environment)
    {
        services.AddValidatedOptions<HostingOptions>(HostingOptions.Section);
        services.AddValidatedOptions<PasswordHashOptions>(PasswordHashOptions.Section);
        services.AddSingleton<Argon2id>();
        services.AddLanguages().AddRequestLanguages();
        services.AddSingleton<MasterKeySource>();
        services.AddSingleton<IStartupCheck>(provider => provider.GetRequiredService<MasterKeySource>());
        services.AddSingleton<IStartupCheck, UnknownKeysCheck>();
        services.AddSingleton<IStartupCheck>(_ => new IssuerCheck(IssuerUri.Read(configuration, environment.IsDevelopment()).Fault));
        services.AddSingleton(_ =>
        {
            var (issuer, fault) = IssuerUri.Read(configuration, environment.IsDevelopment());
            return issuer ?? throw new InvalidOperationException(fault);
        });
        services.AddSingleton(TimeProvider.System);
        services.AddHttpContextAccessor();
        services.AddHsts(options => options.MaxAge = TimeSpan.FromDays(365));
        services.AddAntiforgery();
        services.AddOptions<Microsoft.AspNetCore.Antiforgery.AntiforgeryOptions>().Configure<IServiceProvider>((options, provider) =>
        {
            var issuer = provider.GetRequiredService<IssuerUri>();
            options.Cookie.Name = issuer.IsHttps ? "__Host-oidc-antiforgery" : "oidc-antiforgery";
            options.Cookie.SecurePolicy = issuer.IsHttps ? CookieSecurePolicy.Always : CookieSecurePolicy.None;
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.Cookie.Path = "/";
            // Our own header says no-store and the page's CSP forbids framing already.
            options.SuppressXFrameOptionsHeader = true;
        });
        services.AddOptions<Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions>().Configure<IOptions<HostingOptions>>((options, hosting) =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = hosting.Value.MaxRequestBodySize;
        });
        return services;
    }

    /// <summary>What stands before every endpoint, in order.</summary>
    public static IApplicationBuilder UseHosting(this IApplicationBuilder app) => app
        .UseRequestIds()
        .UseProxies()
        .UseMiddleware<CanonicalOrigin>()
        .UseSecurityHeaders()
        .UseRequestLanguages()
        .UseStatusCodePagesWithReExecute("/error/{0}")
        .UseMiddleware<Faults>();

    /// <summary>What no endpoint answers is not found for everybody; without this the fallback policy would ask for a sign-in first.</summary>
    public static void MapNotFound(this IEndpointRouteBuilder routes) =>
        routes.MapFallback("{**path}", context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }).AllowAnonymous();

    private sealed class IssuerCheck(string? fault) : IStartupCheck
    {
        public IEnumerable<string> Faults() => fault is null ? [] : [fault];
    }
}
