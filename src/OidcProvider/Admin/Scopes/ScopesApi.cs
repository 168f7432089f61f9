using OidcProvider.Admin.Access;
using OidcProvider.Admin.Api;
using OidcProvider.Clients;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Scopes;

/// <summary>A scope as the API shows it. Standard ones cannot be changed.</summary>
internal sealed record ScopeView : ScopeDefinition
{
    public ScopeView(ScopeDefinition scope, bool standard) : base(scope) => Standard = standard;

    public bool Standard { get; }
}

/// <summary><c>/api/admin/v1/scopes</c>: scopes with the resources they are good for and the claims they release.</summary>
internal static class ScopesApi
{
    public static void Map(RouteGroupBuilder api)
    {
        var scopes = api.MapGroup("/scopes").WithTags("Scopes");
        scopes.MapGet("/", ListAsync).Needs(Permissions.ScopesRead).WithName("listScopes")
            .WithSummary("List the scopes, standard ones first.").Produces<Page<ScopeView>>();
        scopes.MapPost("/", CreateAsync).Idempotent().Needs(Permissions.ScopesWrite).ShowsVersion().WithName("createScope")
            .WithSummary("Register a scope.").Produces<ScopeView>(StatusCodes.Status201Created).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        scopes.MapGet("/{name}", GetAsync).Needs(Permissions.ScopesRead).ShowsVersion().WithName("getScope")
            .WithSummary("Read a scope.").Produces<ScopeView>().ProducesProblem(StatusCodes.Status404NotFound);
        scopes.MapPut("/{name}", ReplaceAsync).Needs(Permissions.ScopesWrite).AsksForVersion().ShowsVersion().WithName("replaceScope")
            .WithSummary("Replace a scope.").Produces<ScopeView>().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status412PreconditionFailed).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        scopes.MapDelete("/{name}", RemoveAsync).Needs(Permissions.ScopesWrite).AsksForVersion().WithName("deleteScope")
            .WithSummary("Remove a scope. Clients registered for it can no longer ask for it.").Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status412PreconditionFailed);
    }

    private static async Task<IResult> ListAsync([AsParameters] Listing listing, ScopeRegistry registry, CancellationToken cancellation)
    {
        var all = StandardScopes.All.Select(scope => new ScopeView(scope, true)).Concat((await registry.ListAsync(cancellation)).Select(scope => new ScopeView(scope, false)))
            .Where(scope => string.IsNullOrWhiteSpace(listing.Search) || scope.Name.Contains(listing.Search, StringComparison.OrdinalIgnoreCase) || scope.DisplayName?.Contains(listing.Search, StringComparison.OrdinalIgnoreCase) == true)
            .ToList();
        if (listing.SortField is { } field)
        {
            if (field != "name")
            {
                return ApiProblems.Of([new Problem("invalid_sort", "sort by name", "sort")]);
            }

            all = [.. listing.Descending ? all.OrderByDescending(scope => scope.Name, StringComparer.Ordinal) : all.OrderBy(scope => scope.Name, StringComparer.Ordinal)];
        }

        // They are few: a page is a piece of the whole list.
        var start = Cursor.Parse(listing.Cursor) is { Value: { } last } ? all.FindIndex(scope => scope.Name == last) + 1 : 0;
        var page = all.Skip(start).Take(listing.Take).ToList();
        return ApiJson.Ok(new Page<ScopeView>(page, start + page.Count < all.Count ? new Cursor(page[^1].Name, Guid.Empty).ToString() : null));
    }

    private static async Task<IResult> GetAsync(string name, ScopeRegistry registry, HttpContext context, CancellationToken cancellation)
    {
        if (StandardScopes.All.FirstOrDefault(scope => scope.Name == PathId.Of(name)) is { } standard)
        {
            return ApiJson.Ok(new ScopeView(standard, true));
        }

        return await registry.FindRegisteredAsync(PathId.Of(name), cancellation) is { } found ? Show(context, found) : NotFound(name);
    }

    private static async Task<IResult> CreateAsync(Body<ScopeDefinition> body, ScopeRegistry registry, HttpContext context, CancellationToken cancellation)
    {
        if (!body.Content.Succeeded)
        {
            return ApiProblems.Of(body.Content.Problems);
        }

        var made = await registry.ApplyAsync(body.Content.Value, Caller.Of(context.User).Editor, expected: "", cancellation);
        if (!made.Succeeded)
        {
            return ApiProblems.Of(made.Problems);
        }

        context.Response.Headers.Location = $"{context.Request.PathBase}{ApiRoutes.Root}/scopes/{Uri.EscapeDataString(made.Value.Definition.Name)}";
        return Show(context, made.Value, StatusCodes.Status201Created);
    }

    private static async Task<IResult> ReplaceAsync(string name, Body<ScopeDefinition> body, ScopeRegistry registry, HttpContext context, CancellationToken cancellation)
    {
        if (await registry.FindRegisteredAsync(PathId.Of(name), cancellation) is not { } known)
        {
            return NotFound(name);
        }

        if (context.Refuse(known.Version) is { } refused)
        {
            return refused;
        }

        if (!body.Content.Succeeded)
        {
            return ApiProblems.Of(body.Content.Problems);
        }

        if (body.Content.Value.Name is var wanted && wanted.Length > 0 && wanted != known.Definition.Name)
        {
            return ApiProblems.Of([new Problem("invalid_scope_definition", "a scope keeps its name", "name")]);
        }

        var changed = await registry.ApplyAsync(body.Content.Value with { Name = known.Definition.Name }, Caller.Of(context.User).Editor, known.Version, cancellation);
        return changed.Succeeded ? Show(context, changed.Value) : ApiProblems.Of(changed.Problems);
    }

    private static async Task<IResult> RemoveAsync(string name, ScopeRegistry registry, HttpContext context, CancellationToken cancellation)
    {
        if (await registry.FindRegisteredAsync(PathId.Of(name), cancellation) is not { } known)
        {
            return NotFound(name);
        }

        return context.Refuse(known.Version)
            ?? (await registry.RemoveAsync(known.Definition.Name, Caller.Of(context.User).Editor, known.Version, cancellation) is { } fault ? ApiProblems.Of([fault]) : Results.NoContent());
    }

    private static IResult Show(HttpContext context, RegisteredScope scope, int status = StatusCodes.Status200OK)
    {
        context.WriteETag(scope.Version);
        return ApiJson.Ok(new ScopeView(scope.Definition, false), status);
    }

    private static IResult NotFound(string name) => ApiProblems.Of([new Problem(ScopeRegistry.NotFound, $"there is no registered scope '{PathId.Of(name)}'", "name")]);
}
