using OidcProvider.Admin.Access;
using OidcProvider.Admin.Api;
using OidcProvider.Hosting;
using OidcProvider.Keys;

namespace OidcProvider.Admin.Keys;

/// <summary>Which algorithm gets its next key.</summary>
internal sealed record KeyRotation(string Algorithm);

/// <summary><c>/api/admin/v1/keys</c>: list, rotate ahead of time, revoke.</summary>
internal static class KeysApi
{
    public static void Map(RouteGroupBuilder api)
    {
        var keys = api.MapGroup("/keys").WithTags("Keys");
        keys.MapGet("/", async (KeyDesk desk, CancellationToken cancellation) => ApiJson.Ok(new Page<KeyView>(await desk.ListAsync(cancellation), null)))
            .Needs(Permissions.KeysRead).WithSummary("List the signing and encryption keys with their phases.").Produces<Page<KeyView>>();
        keys.MapPost("/", async (Body<KeyRotation> body, KeyDesk desk, HttpContext context, CancellationToken cancellation) =>
            body.Content.Succeeded ? Answer(await desk.RotateAsync(body.Content.Value.Algorithm, Caller.Of(context.User).Actor, cancellation), StatusCodes.Status201Created) : ApiProblems.Of(body.Content.Problems))
            .Needs(Permissions.KeysWrite).WithSummary("Announce the next key of an algorithm.").Produces<KeyView>(StatusCodes.Status201Created);
        keys.MapDelete("/{kid}", async (string kid, KeyDesk desk, HttpContext context, CancellationToken cancellation) =>
            Answer(await desk.RevokeAsync(kid, Caller.Of(context.User).Actor, cancellation), StatusCodes.Status200OK))
            .Needs(Permissions.KeysWrite).WithSummary("Revoke a key at once. What it signed is refused.").Produces<KeyView>();
    }

    private static IResult Answer(Result<KeyView> result, int status) => result.Succeeded ? ApiJson.Ok(result.Value, status) : ApiProblems.Of(result.Problems);
}
