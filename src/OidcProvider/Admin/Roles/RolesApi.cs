using OidcProvider.Admin.Access;
using OidcProvider.Admin.Api;
using OidcProvider.Hosting;
using OidcProvider.Users;

namespace OidcProvider.Admin.Roles;

/// <summary>The name a role gets.</summary>
internal sealed record RoleName(string? Name);

/// <summary><c>/api/admin/v1/roles</c>: the roles with how many hold them. Those of applications can be renamed and removed.</summary>
internal static class RolesApi
{
    public static void Map(RouteGroupBuilder api)
    {
        var roles = api.MapGroup("/roles").WithTags("Roles");
        roles.MapGet("/", async (RoleDesk desk, CancellationToken cancellation) => ApiJson.Ok(new Page<RoleView>(await desk.ListAsync(cancellation), null)))
            .Needs(Permissions.UsersRead).WithSummary("List the roles, what those that administer permit, and how many hold each.").Produces<Page<RoleView>>();
        roles.MapPut("/{name}", async (string name, Body<RoleName> body, RoleDesk desk, HttpContext context, CancellationToken cancellation) =>
            body.Content.Succeeded ? Answer(await desk.RenameAsync(Caller.Of(context.User).Acting, name, body.Content.Value.Name ?? "", cancellation)) : ApiProblems.Of(body.Content.Problems))
            .Needs(Permissions.UsersWrite).WithSummary("Rename an application's role.").Produces<RoleView>();
        roles.MapDelete("/{name}", async (string name, RoleDesk desk, HttpContext context, CancellationToken cancellation) =>
            Answer(await desk.RemoveAsync(Caller.Of(context.User).Acting, name, cancellation)))
            .Needs(Permissions.UsersWrite).WithSummary("Remove an application's role, from everybody who holds it.").Produces<RoleView>();
    }

    private static IResult Answer(Result<RoleView> result) => result.Succeeded ? ApiJson.Ok(result.Value) : ApiProblems.Of(result.Problems);
}
