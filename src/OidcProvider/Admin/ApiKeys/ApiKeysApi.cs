using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Admin.Access;
using OidcProvider.Admin.Api;
using OidcProvider.ApiKeys;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Users;

namespace OidcProvider.Admin.ApiKeys;

/// <summary>What makes a key. Without <c>user</c> it is the caller's own; without <c>expires_at</c> it lives as long as the settings say.</summary>
internal sealed record NewApiKey(string? Name, string? Scope, string? User = null, DateTimeOffset? ExpiresAt = null);

/// <summary>The answer to making one: <c>key</c> is in it this once.</summary>
internal sealed record MadeApiKey(string Key, ApiKeyView ApiKey);

/// <summary><c>/api/admin/v1/api-keys</c>: list, look, make, revoke.</summary>
internal static class ApiKeysApi
{
    public static void Map(RouteGroupBuilder api)
    {
        var keys = api.MapGroup("/api-keys").WithTags("API keys");
        keys.MapGet("/", ListAsync).Needs(Permissions.ApiKeysRead)
            .WithSummary("List API keys, newest first. q looks in name, prefix and the address of the user; sort is created_at or -created_at.").Produces<Page<ApiKeyView>>();
        keys.MapGet("/{id:guid}", async (Guid id, AppDbContext database, TimeProvider time, CancellationToken cancellation) =>
            await ApiKeyLists.FindAsync(database, id, time.GetUtcNow().UtcDateTime, cancellation) is { } key ? ApiJson.Ok(key) : ApiProblems.Of([new(ApiKeyRegistry.NotFound, "there is no such API key", "id")]))
            .Needs(Permissions.ApiKeysRead).WithSummary("One API key, without the key itself.").Produces<ApiKeyView>().ProducesProblem(StatusCodes.Status404NotFound);
        keys.MapPost("/", MakeAsync).Idempotent().Needs(Permissions.ApiKeysWrite)
            .WithSummary("Make an API key for yourself or for a user you may change. The answer shows it this once.").Produces<MadeApiKey>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        keys.MapDelete("/{id:guid}", async (Guid id, ApiKeyRegistry registry, HttpContext context, CancellationToken cancellation) =>
            await registry.RevokeAsync(id, Caller.Of(context.User).Actor, cancellation: cancellation) is var result && result.Succeeded ? ApiJson.Ok(result.Value) : ApiProblems.Of(result.Problems))
            .Needs(Permissions.ApiKeysWrite).WithSummary("Revoke an API key at once, with every access token it was exchanged for. Doing so twice is no fault.").Produces<ApiKeyView>().ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> ListAsync(
        [AsParameters] Listing listing, [FromQuery(Name = "state"), Description("active, expired, revoked or suspended.")] string? state, [FromQuery(Name = "user_id"), Description("Only this user's keys.")] Guid? userId,
        AppDbContext database, TimeProvider time, CancellationToken cancellation)
    {
        var after = Cursor.Parse(listing.Cursor) is { Value: { } value } cursor && DateTime.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var at) ? (at, cursor.Id) : ((DateTime, Guid)?)null;
        var filter = new ApiKeyFilter(listing.Search, state, userId, after, listing.SortField == "created_at" && !listing.Descending, listing.Take + 1);
        var found = await ApiKeyLists.ListAsync(database, filter, time.GetUtcNow().UtcDateTime, cancellation);
        var items = found.Take(listing.Take).ToList();
        return ApiJson.Ok(new Page<ApiKeyView>(items, found.Count > items.Count ? new Cursor(items[^1].CreatedAt.ToString("O", CultureInfo.InvariantCulture), items[^1].Id).ToString() : null));
    }

    private static async Task<IResult> MakeAsync(Body<NewApiKey> body, ApiKeyRegistry registry, UserDirectory users, HttpContext context, CancellationToken cancellation)
    {
        if (!body.Content.Succeeded)
        {
            return ApiProblems.Of(body.Content.Problems);
        }

        if (Maker.IsKey(context.User))
        {
            return ApiProblems.Of([new(ApiKeyRegistry.Forbidden, "An API key cannot make another.")]);
        }

        var (maker, asked) = (Maker.Of(context.User), body.Content.Value);
        var holder = asked.User is not { } named ? await users.FindAsync(maker.UserId!.Value, cancellation)
            : Guid.TryParse(named, out var id) ? await users.FindAsync(id, cancellation)
            : await users.FindByNameAsync(named, cancellation);
        if (holder is null)
        {
            return ApiProblems.Of([UserDirectory.Unknown($"{asked.User}", "user")]);
        }

        var made = await registry.MakeAsync(holder, new(asked.Name, asked.Scope?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [], asked.ExpiresAt?.UtcDateTime), maker, cancellation);
        return made.Succeeded ? ApiJson.Ok(new MadeApiKey(made.Value.Key, made.Value.View), StatusCodes.Status201Created) : ApiProblems.Of(made.Problems);
    }
}
