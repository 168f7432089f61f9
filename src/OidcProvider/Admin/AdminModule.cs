using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using OidcProvider.Admin.Access;
using OidcProvider.Admin.Api;
using OidcProvider.Admin.Playground;
using OidcProvider.Admin.Reference;
using OidcProvider.Hosting;
using OidcProvider.Sessions;

namespace OidcProvider.Admin;

/// <summary>
/// Owns administration: <c>/admin/*</c> (pages), <c>/playground</c> and <c>/api/admin/v1/*</c> (REST), one folder a subject, each with its pages and its API; who may use them
/// (<c>Access</c>) and what all routes of the API share (<c>Api</c>) and how they are described (<c>Reference</c>). Decides nothing about clients, users or keys: their registries do.
/// </summary>
internal static class AdminModule
{
    public static IServiceCollection AddAdmin(this IServiceCollection services)
    {
        services.AddValidatedOptions<AdminOptions>(AdminOptions.Section);
        services.AddScoped<BulkReports>().AddScoped<Users.UserReader>().AddScoped<Users.UserBulk>().AddScoped<Clients.ClientBulk>().AddScoped<Grants.GrantWithdrawal>();
        services.AddApi().AddApiReference().AddPlayground();
        services.AddOperations();
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, BearerAuthentication>(BearerAuthentication.SchemeName, _ => { });
        services.AddSingleton<IAuthorizationHandler, PermissionPolicy>().AddSingleton<IAuthorizationMiddlewareResultHandler, AccessRefusals>();
        var policies = services.AddAuthorizationBuilder();
        foreach (var permission in Permissions.All.Keys.Append(PermissionRequirement.Any))
        {
            Add(permission, BearerAuthentication.SchemeName, permission);
            Add(Permissions.OfPage + permission, SessionAuthenticationHandler.SchemeName, permission);
        }

        return services;

        void Add(string name, string scheme, string permission) =>
            policies.AddPolicy(name, policy => policy.AddAuthenticationSchemes(scheme).RequireAuthenticatedUser().AddRequirements(new PermissionRequirement(permission)));
    }

    public static IApplicationBuilder UseAdmin(this IApplicationBuilder app) => app.UseMiddleware<ApiErrors>();

    public static void MapAdmin(this IEndpointRouteBuilder routes)
    {
        routes.MapApiReference();
        var api = routes.MapApi();
        Clients.ClientsApi.Map(api);
        Scopes.ScopesApi.Map(api);
        Users.UsersApi.Map(api);
        Roles.RolesApi.Map(api);
        Sessions.SessionsApi.Map(api);
        Grants.GrantsApi.Map(api);
        Keys.KeysApi.Map(api);
        ApiKeys.ApiKeysApi.Map(api);
        Configuration.ConfigurationApi.Map(api);
        Webhooks.WebhooksApi.Map(api);
        OperationsModule.Map(api);
    }
}
