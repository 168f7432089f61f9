using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.Admin.Access;
using OidcProvider.Admin.Playground;
using OidcProvider.Hosting;
using OidcProvider.TestKit;
using OidcProvider.Users;

namespace OidcProvider.BrowserTests;

/// <summary>Somebody who looks at pages: nobody, a user, or one who administers.</summary>
internal sealed record Persona(string Name, string? User, string? Role = null)
{
    public static readonly Persona Owner = new("owner", Given.Alice, AdminRoles.Owner), Nobody = new("nobody", null);

    public static readonly Persona[] All =
    [
        Owner, new("user admin", Given.UserAdmin, AdminRoles.UserAdmin), new("client admin", Given.ClientAdmin, AdminRoles.ClientAdmin), new("auditor", Given.Auditor, AdminRoles.Auditor), new("user", Given.Bob), Nobody,
    ];

    public override string ToString() => Name;
}

/// <summary>A page that the server has: its route and the policies that guard it; none when it is for everybody.</summary>
internal sealed record ListedPage(string Route, IReadOnlyList<string> Policies)
{
    /// <summary>Policy of a page that asks for a session and nothing else.</summary>
    public const string SignedIn = "signed in";

    /// <summary>200, 403, or 302 to the sign-in page.</summary>
    public int StatusFor(Persona who) =>
        Policies.Count == 0 ? 200 : who.User is null ? 302 : Policies.All(policy => policy == SignedIn || (who.Role is { } role && Grants(role, policy))) ? 200 : 403;

    private static bool Grants(string role, string policy) =>
        policy[Permissions.OfPage.Length..] is var permission && (permission == PermissionRequirement.Any ? AdminRoles.Contains(role) : AdminRoles.Allows([role], permission));
}

/// <summary>What the running server lists as its pages, so that a new one cannot be forgotten.</summary>
internal static class PageInventory
{
    public static async Task<IReadOnlyList<ListedPage>> ReadAsync(IServiceProvider services)
    {
        var loader = services.GetRequiredService<PageLoader>();
        List<ListedPage> pages = [];
        foreach (var endpoint in services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            var page = endpoint.Metadata.GetMetadata<PageActionDescriptor>();
            if (page is null && !IsAdminPage(endpoint))
            {
                continue;
            }

            // What stands on a page model is known once the page is loaded.
            object[] metadata = [.. endpoint.Metadata, .. page is null ? [] : (await loader.LoadAsync(page, endpoint.Metadata)).ModelTypeInfo!.GetCustomAttributes(inherit: true)];
            // The playground's own policy lets everybody in here: the server of these tests runs in Development.
            pages.Add(new($"/{endpoint.RoutePattern.RawText?.TrimStart('/')}", metadata.OfType<IAllowAnonymous>().Any() ? [] :
                [.. metadata.OfType<IAuthorizeData>().Select(data => data.Policy ?? ListedPage.SignedIn).Where(policy => policy != PlaygroundModule.Policy).Distinct()]));
        }

        return [.. pages.DistinctBy(page => page.Route).OrderBy(page => page.Route, StringComparer.Ordinal)];
    }

    // Drawn by a library, but a page like the others; its scripts are not.
    private static bool IsAdminPage(RouteEndpoint endpoint) =>
        endpoint.RoutePattern.RawText is { } route && route.StartsWith("/admin/", StringComparison.Ordinal) && !route.Contains('.', StringComparison.Ordinal);
}
