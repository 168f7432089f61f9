using OidcProvider.Admin.Access;
using OidcProvider.Admin.Api;
using OidcProvider.Clients;
using OidcProvider.Clients.Grading;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Clients;

/// <summary>
/// <c>/api/admin/v1/clients</c>: list, register, read, replace, patch, remove, switch. Bodies are RFC 7591 metadata. A client_id in the path is
/// percent-encoded.
/// </summary>
internal static class ClientsApi
{
    public static void Map(RouteGroupBuilder api)
    {
        var clients = api.MapGroup("/clients").WithTags("Clients");
        clients.MapGet("/", ListAsync).Needs(Permissions.ClientsRead).WithName("listClients")
            .WithSummary("List clients.").WithDescription("Sorts by client_id, client_name or created_at.").Produces<Page<ClientView>>();
        clients.MapPost("/", CreateAsync).Idempotent().Needs(Permissions.ClientsWrite).ShowsVersion().WithName("createClient")
            .WithSummary("Register a client.").WithDescription("Without client_id and client_secret the server makes them; the secret is in this answer and never again.").Produces<ClientView>(StatusCodes.Status201Created).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        clients.MapGet("/{clientId}", GetAsync).Needs(Permissions.ClientsRead).ShowsVersion().WithName("getClient")
            .WithSummary("Read a client.").Produces<ClientView>().ProducesProblem(StatusCodes.Status404NotFound);
        clients.MapPut("/{clientId}", ReplaceAsync).Needs(Permissions.ClientsWrite).AsksForVersion().ShowsVersion().WithName("replaceClient")
            .WithSummary("Replace the metadata of a client.").WithDescription("A client_secret in it replaces the stored one; without one that stays.").Produces<ClientView>().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status412PreconditionFailed).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        clients.MapPatch("/{clientId}", PatchAsync).Needs(Permissions.ClientsWrite).AsksForVersion().ShowsVersion().WithName("patchClient")
            .WithSummary("Change some of the metadata (JSON merge patch, RFC 7396).").WithDescription("null removes a member, which then has its default.").Produces<ClientView>().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status412PreconditionFailed).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        clients.MapDelete("/{clientId}", RemoveAsync).Needs(Permissions.ClientsWrite).AsksForVersion().WithName("deleteClient")
            .WithSummary("Remove a client with its tokens, grants and consents.").Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status412PreconditionFailed);
        clients.MapPost("/{clientId}/disable", (string clientId, ClientRegistry registry, HttpContext context, CancellationToken cancellation) => SwitchAsync(registry.DisableAsync(PathId.Of(clientId), Caller.Of(context.User).Editor, cancellation), context))
            .Needs(Permissions.ClientsWrite).WithName("disableClient").WithSummary("Make a client unknown to every endpoint, keeping its data.").Produces<ClientView>().ProducesProblem(StatusCodes.Status404NotFound);
        clients.MapPost("/{clientId}/enable", (string clientId, ClientRegistry registry, HttpContext context, CancellationToken cancellation) => SwitchAsync(registry.EnableAsync(PathId.Of(clientId), Caller.Of(context.User).Editor, cancellation), context))
            .Needs(Permissions.ClientsWrite).WithName("enableClient").WithSummary("Undo disable.").Produces<ClientView>().ProducesProblem(StatusCodes.Status404NotFound);
        ClientSecretsApi.Map(clients);
        ClientFactsApi.Map(clients);
    }

    private static async Task<IResult> ListAsync([AsParameters] Listing listing, [AsParameters] ClientFilter filter, ClientCatalog catalog, TimeProvider time, CancellationToken cancellation)
    {
        var sort = listing.SortField ?? ClientQuery.ById;
        if (!ClientQuery.Sorts.Contains(sort))
        {
            return ApiProblems.Of([new Problem("invalid_sort", $"sort by one of {string.Join(", ", ClientQuery.Sorts)}", "sort")]);
        }

        var cursor = Cursor.Parse(listing.Cursor);
        var (found, more) = await catalog.ListAsync(
            new ClientQuery
            {
                Search = listing.Search, Take = listing.Take, Sort = sort, Descending = listing.Descending, After = cursor is null ? null : (cursor.Value ?? "", cursor.Id),
                Disabled = filter.Disabled, Public = filter.Public, ApplicationType = filter.ApplicationType, GrantType = filter.GrantType, Scope = filter.Scope,
            },
            cancellation);
        var now = time.GetUtcNow().UtcDateTime;
        return ApiJson.Ok(new Page<ClientView>(
            [.. found.Select(listed => new ClientView(listed.Client) { LastUsedAt = listed.LastUsedAt, Grade = ClientGrade.Of(listed.Client, listed.Usage, now).Letter })],
            more ? new Cursor(found[^1].SortValue, found[^1].Client.Id).ToString() : null));
    }

    private static async Task<IResult> GetAsync(string clientId, ClientRegistry registry, HttpContext context, CancellationToken cancellation) =>
        await registry.FindAsync(PathId.Of(clientId), cancellation) is { } client ? Show(context, client) : NotFound(clientId);

    private static async Task<IResult> CreateAsync(Body<ClientDefinition> body, ClientRegistry registry, HttpContext context, CancellationToken cancellation)
    {
        if (!body.Content.Succeeded)
        {
            return ApiProblems.Of(body.Content.Problems);
        }

        var made = await registry.RegisterAsync(body.Content.Value, Caller.Of(context.User).Editor, cancellation);
        if (!made.Succeeded)
        {
            return ApiProblems.Of(made.Problems);
        }

        context.Response.Headers.Location = $"{context.Request.PathBase}{ApiRoutes.Root}/clients/{Uri.EscapeDataString(made.Value.Client.ClientId)}";
        return Show(context, made.Value.Client, made.Value.GeneratedSecret, StatusCodes.Status201Created);
    }

    private static async Task<IResult> ReplaceAsync(string clientId, Body<ClientDefinition> body, ClientRegistry registry, HttpContext context, CancellationToken cancellation)
    {
        if (await registry.FindAsync(PathId.Of(clientId), cancellation) is not { } client)
        {
            return NotFound(clientId);
        }

        return context.Refuse(client.Version)
            ?? (body.Content.Succeeded ? await ChangeAsync(client, body.Content.Value, registry, context, cancellation) : ApiProblems.Of(body.Content.Problems));
    }

    private static async Task<IResult> PatchAsync(string clientId, Body<System.Text.Json.Nodes.JsonObject> body, ClientRegistry registry, HttpContext context, CancellationToken cancellation)
    {
        if (await registry.FindAsync(PathId.Of(clientId), cancellation) is not { } client)
        {
            return NotFound(clientId);
        }

        if (context.Refuse(client.Version) is { } refused)
        {
            return refused;
        }

        var patched = body.Content.Succeeded ? ClientPatch.Apply(client.Definition, body.Text) : body.Content.Problems.ToList();
        return patched.Succeeded ? await ChangeAsync(client, patched.Value, registry, context, cancellation) : ApiProblems.Of(patched.Problems);
    }

    private static async Task<IResult> ChangeAsync(RegisteredClient client, ClientDefinition wanted, ClientRegistry registry, HttpContext context, CancellationToken cancellation)
    {
        if (wanted.ClientId is { } id && id != client.ClientId)
        {
            return ApiProblems.Of([new Problem(ClientRules.InvalidMetadata, "a client keeps its id", "client_id")]);
        }

        var changed = await registry.UpdateAsync(wanted with { ClientId = client.ClientId }, Caller.Of(context.User).Editor, client.Version, cancellation);
        return changed.Succeeded ? Show(context, changed.Value.Client, changed.Value.GeneratedSecret) : ApiProblems.Of(changed.Problems);
    }

    private static async Task<IResult> RemoveAsync(string clientId, ClientRegistry registry, HttpContext context, CancellationToken cancellation)
    {
        if (await registry.FindAsync(PathId.Of(clientId), cancellation) is not { } client)
        {
            return NotFound(clientId);
        }

        if (context.Refuse(client.Version) is { } refused)
        {
            return refused;
        }

        return await registry.RemoveAsync(client.ClientId, Caller.Of(context.User).Editor, client.Version, cancellation) is { } fault ? ApiProblems.Of([fault]) : Results.NoContent();
    }

    private static async Task<IResult> SwitchAsync(Task<Result<ClientRegistration>> change, HttpContext context)
    {
        var switched = await change;
        return switched.Succeeded ? Show(context, switched.Value.Client) : ApiProblems.Of(switched.Problems);
    }

    private static IResult Show(HttpContext context, RegisteredClient client, string? secret = null, int status = StatusCodes.Status200OK)
    {
        context.WriteETag(client.Version);
        return ApiJson.Ok(new ClientView(client, secret), status);
    }

    private static IResult NotFound(string clientId) => ApiProblems.Of([ClientRegistry.Unknown(PathId.Of(clientId))]);
}
