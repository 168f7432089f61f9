using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Admin.Access;
using OidcProvider.Admin.Api;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Users;

namespace OidcProvider.Admin.Users;

/// <summary>What a list of users is narrowed by.</summary>
internal sealed record UserFilter
{
    [FromQuery(Name = "role"), Description("Only holders of this role.")]
    public string? Role { get; init; }

    [FromQuery(Name = "disabled"), Description("Only disabled, or only enabled accounts.")]
    public bool? Disabled { get; init; }

    [FromQuery(Name = "locked"), Description("Only accounts locked after too many failed sign-ins, or only others.")]
    public bool? Locked { get; init; }

    [FromQuery(Name = "second_factor"), Description("Only accounts with, or only without an authenticator app or passkey.")]
    public bool? SecondFactor { get; init; }

    [FromQuery(Name = "email_verified"), Description("Only verified, or only other addresses.")]
    public bool? EmailVerified { get; init; }
}

/// <summary><c>/api/admin/v1/users</c>: accounts.</summary>
internal static class UsersApi
{
    public static void Map(RouteGroupBuilder api)
    {
        var users = api.MapGroup("/users").WithTags("Users");
        users.MapGet("/", ListAsync).Needs(Permissions.UsersRead).WithSummary("Search users by the beginning of their address or name.").Produces<Page<UserItem>>();
        users.MapGet("/{id:guid}", GetAsync).Needs(Permissions.UsersRead).WithSummary("Read a user.").ShowsVersion().Produces<UserAnswer>();
        users.MapPost("/", CreateAsync).Idempotent().Needs(Permissions.UsersWrite).WithSummary("Make a user. Without a password, have one chosen by mail: reset-password.").ShowsVersion().Produces<UserAnswer>(StatusCodes.Status201Created);
        users.MapPut("/{id:guid}", ReplaceAsync).Needs(Permissions.UsersWrite).WithSummary("Replace profile, claims and roles. What is left out is removed.").AsksForVersion().ShowsVersion().Produces<UserAnswer>();
        users.MapPatch("/{id:guid}", PatchAsync).Needs(Permissions.UsersWrite).WithSummary("Change profile, claims or roles by a merge patch (RFC 7396): null removes.").AsksForVersion().ShowsVersion().Produces<UserAnswer>();
        users.MapDelete("/{id:guid}", RemoveAsync).Needs(Permissions.UsersWrite).AsksForVersion().WithSummary("Delete a user with sessions, grants and sign-in methods.").Produces(StatusCodes.Status204NoContent);
        Action(users, "disable", "Bar a user from everything and end all sessions and grants.", (services, by, id, cancellation) => services.GetRequiredService<UserStanding>().DisableAsync(by, id, cancellation));
        Action(users, "enable", "Let a barred user in again.", (services, by, id, cancellation) => services.GetRequiredService<UserStanding>().EnableAsync(by, id, cancellation));
        Action(users, "unlock", "Forget failed sign-ins and the lock that came of them.", (services, by, id, cancellation) => services.GetRequiredService<UserStanding>().UnlockAsync(by, id, cancellation));
        Action(users, "reset-factors", "Remove authenticator app, passkeys and recovery codes, and end all sessions.", (services, by, id, cancellation) => services.GetRequiredService<UserStanding>().ResetFactorsAsync(by, id, cancellation));
        users.MapPost("/{id:guid}/reset-password", async (Guid id, Body<PasswordRequest> body, PasswordMail mail, UserReader reader, HttpContext context, CancellationToken cancellation) =>
            body.Content.Succeeded ? await AnswerAsync(await mail.SendAsync(Caller.Of(context.User).Acting, id, body.Content.Value.Require, cancellation), reader, context) : ApiProblems.Of(body.Content.Problems))
            .Needs(Permissions.UsersWrite).WithSummary("Mail the user a link to choose a password; require: the present one stops working at once.").Produces<UserAnswer>();
        users.MapPost("/bulk", BulkAsync).Needs(Permissions.UsersWrite).WithSummary("Disable, enable or delete up to 500 users; each has an outcome of its own.").Produces<BulkAnswer>();
    }

    private static async Task<IResult> ListAsync([AsParameters] Listing listing, [AsParameters] UserFilter filter, UserSearch search, CancellationToken cancellation)
    {
        UserOrder? order = listing.SortField switch { null or "" => UserOrder.Natural, "email" => UserOrder.Email, "name" => UserOrder.Name, "created_at" => UserOrder.CreatedAt, _ => null };
        if (order is null || (order != UserOrder.Natural && !string.IsNullOrWhiteSpace(listing.Search)))
        {
            return ApiProblems.Of([new Problem("invalid_sort", order is null ? "sort is email, name or created_at" : "what q finds comes in the order of the match; leave sort out", "sort")]);
        }

        var found = await search.ListAsync(
            new UserQuery
            {
                Text = listing.Search, Role = filter.Role, Disabled = filter.Disabled, Locked = filter.Locked, SecondFactor = filter.SecondFactor, EmailVerified = filter.EmailVerified,
                Order = order.Value, Descending = listing.Descending, After = listing.After(), Take = listing.Take,
            }, cancellation);
        return ApiJson.Ok(found.AsPage(UserItem.Of));
    }

    private static async Task<IResult> GetAsync(Guid id, UserReader reader, HttpContext context) =>
        await reader.FindAsync(id, context.RequestAborted) is { } read ? Shown(read, context) : Unknown();

    private static async Task<IResult> CreateAsync(Body<UserDefinition> body, UserDesk desk, UserReader reader, HttpContext context, CancellationToken cancellation)
    {
        if (!body.Content.Succeeded)
        {
            return ApiProblems.Of(body.Content.Problems);
        }

        var added = await desk.AddAsync(Caller.Of(context.User).Acting, body.Content.Value, cancellation);
        if (added.Succeeded)
        {
            context.Response.Headers.Location = $"{context.Request.PathBase}{ApiRoutes.Root}/users/{added.Value.Id}";
        }

        return await AnswerAsync(added, reader, context, StatusCodes.Status201Created);
    }

    private static async Task<IResult> ReplaceAsync(Guid id, Body<UserDefinition> body, UserDesk desk, UserReader reader, HttpContext context)
    {
        if (await reader.FindAsync(id, context.RequestAborted) is not { } read)
        {
            return Unknown();
        }

        return context.Refuse(read.Version) ?? (body.Content.Succeeded ? await WriteAsync(read, body.Content.Value, desk, reader, context) : ApiProblems.Of(body.Content.Problems));
    }

    private static async Task<IResult> PatchAsync(Guid id, Body<UserDefinition> body, UserDesk desk, UserReader reader, HttpContext context)
    {
        if (await reader.FindAsync(id, context.RequestAborted) is not { } read)
        {
            return Unknown();
        }

        if (context.Refuse(read.Version) is { } refused)
        {
            return refused;
        }

        var merged = UserPatch.Merge(read.Answer.Profile, body);
        return merged.Succeeded ? await WriteAsync(read, merged.Value, desk, reader, context) : ApiProblems.Of(merged.Problems);
    }

    private static async Task<IResult> WriteAsync(ReadUser read, UserDefinition wanted, UserDesk desk, UserReader reader, HttpContext context) => wanted.Password is not null
        ? ApiProblems.Of([new Problem("invalid_user", "a password is chosen by its user: see reset-password", "password")])
        : await AnswerAsync(await desk.ReplaceAsync(Caller.Of(context.User).Acting, read.Answer.Id, wanted, read.Version, context.RequestAborted), reader, context);

    private static async Task<IResult> RemoveAsync(Guid id, UserDesk desk, UserReader reader, HttpContext context)
    {
        if (await reader.FindAsync(id, context.RequestAborted) is not { } read)
        {
            return Unknown();
        }

        return context.Refuse(read.Version)
            ?? (await desk.RemoveAsync(Caller.Of(context.User).Acting, id, read.Version, context.RequestAborted) is { Succeeded: false } refused ? ApiProblems.Of(refused.Problems) : Results.NoContent());
    }

    private static async Task<IResult> BulkAsync(Body<BulkRequest> body, UserBulk bulk, HttpContext context, CancellationToken cancellation)
    {
        if (!body.Content.Succeeded)
        {
            return ApiProblems.Of(body.Content.Problems);
        }

        var (action, ids) = body.Content.Value;
        if (ids is not { Count: > 0 and <= UserBulk.Most })
        {
            return ApiProblems.Of([new Problem("invalid_request", $"must name 1 to {UserBulk.Most} users", "ids")]);
        }

        var outcomes = await bulk.RunAsync(action, ids, Caller.Of(context.User).Acting, cancellation);
        var done = outcomes.Count(outcome => outcome.Code == BulkOutcome.Ok);
        return ApiJson.Ok(new BulkAnswer(done, outcomes.Count - done, outcomes));
    }

    private static void Action(RouteGroupBuilder users, string verb, string summary, Func<IServiceProvider, Acting, Guid, CancellationToken, Task<Result<User>>> act) =>
        users.MapPost($"/{{id:guid}}/{verb}", async (Guid id, UserReader reader, HttpContext context, CancellationToken cancellation) =>
            await AnswerAsync(await act(context.RequestServices, Caller.Of(context.User).Acting, id, cancellation), reader, context))
            .Needs(Permissions.UsersWrite).WithSummary(summary).Produces<UserAnswer>();

    private static async Task<IResult> AnswerAsync(Result<User> result, UserReader reader, HttpContext context, int status = StatusCodes.Status200OK) =>
        !result.Succeeded ? ApiProblems.Of(result.Problems) : await reader.FindAsync(result.Value.Id, context.RequestAborted) is { } read ? Shown(read, context, status) : Unknown();

    private static IResult Shown(ReadUser read, HttpContext context, int status = StatusCodes.Status200OK)
    {
        context.WriteETag(read.Version);
        return ApiJson.Ok(read.Answer, status);
    }

    private static IResult Unknown() => ApiProblems.Of([new Problem(UserDirectory.NotFound, "There is no such user.")]);
}
