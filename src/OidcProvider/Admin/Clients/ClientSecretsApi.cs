using OidcProvider.Admin.Access;
using OidcProvider.Admin.Api;
using OidcProvider.Clients;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Clients;

/// <summary><c>/api/admin/v1/clients/{clientId}/secrets</c>: list, add, remove, rotate. A secret is in the answer that makes it and nowhere else.</summary>
internal static class ClientSecretsApi
{
    public static void Map(RouteGroupBuilder clients)
    {
        var secrets = clients.MapGroup("/{clientId}/secrets");
        secrets.MapGet("/", async (string clientId, ClientSecretDesk desk, CancellationToken cancellation) =>
            await desk.ListAsync(PathId.Of(clientId), cancellation) is { Succeeded: true } found ? ApiJson.Ok(new Page<SecretView>(found.Value, null)) : ApiProblems.Of([ClientRegistry.Unknown(PathId.Of(clientId))]))
            .Needs(Permissions.ClientsRead).WithName("listClientSecrets").WithSummary("List the secrets of a client, without themselves.").Produces<Page<SecretView>>().ProducesProblem(StatusCodes.Status404NotFound);
        secrets.MapPost("/", AddAsync).Idempotent().Needs(Permissions.ClientsWrite).WithName("addClientSecret")
            .WithSummary("Add a secret beside those there are.").Produces<NewSecret>(StatusCodes.Status201Created).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        secrets.MapPost("/rotate", RotateAsync).Idempotent().Needs(Permissions.ClientsWrite).WithName("rotateClientSecret")
            .WithSummary("Replace the first secret.").WithDescription("The old one stays valid for the grace time; without one it ends at once.").Produces<ClientView>().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        secrets.MapDelete("/{secretId:guid}", async (string clientId, Guid secretId, ClientSecretDesk desk, HttpContext context, CancellationToken cancellation) =>
            await desk.RemoveAsync(PathId.Of(clientId), secretId, Caller.Of(context.User).Editor, cancellation) is { } fault ? ApiProblems.Of([fault]) : Results.NoContent())
            .Needs(Permissions.ClientsWrite).WithName("removeClientSecret").WithSummary("Remove a secret. The last valid one stays.").Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<IResult> AddAsync(string clientId, Body<SecretAddition> body, ClientSecretDesk desk, HttpContext context, CancellationToken cancellation)
    {
        if (!body.Content.Succeeded)
        {
            return ApiProblems.Of(body.Content.Problems);
        }

        var made = await desk.AddAsync(PathId.Of(clientId), body.Content.Value.Description, body.Content.Value.ExpiresAt?.UtcDateTime, Caller.Of(context.User).Editor, cancellation);
        return made.Succeeded ? ApiJson.Ok(made.Value, StatusCodes.Status201Created) : ApiProblems.Of(made.Problems);
    }

    private static async Task<IResult> RotateAsync(string clientId, Body<SecretRotation> body, ClientSecretDesk desk, HttpContext context, CancellationToken cancellation)
    {
        if (!body.Content.Succeeded)
        {
            return ApiProblems.Of(body.Content.Problems);
        }

        var rotated = await desk.RotateAsync(PathId.Of(clientId), body.Content.Value.Grace, Caller.Of(context.User).Editor, cancellation);
        return rotated.Succeeded ? ApiJson.Ok(new ClientView(rotated.Value.Client, rotated.Value.GeneratedSecret)) : ApiProblems.Of(rotated.Problems);
    }
}
