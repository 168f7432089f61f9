using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Admin.Access;
using OidcProvider.Admin.Api;
using OidcProvider.Hosting;
using OidcProvider.Webhooks;

namespace OidcProvider.Admin.Webhooks;

/// <summary>What makes or replaces a webhook. <c>events</c> are names of the audit trail, <c>user.*</c> and the like, or <c>*</c>.</summary>
internal sealed record WebhookBody(string Url, IReadOnlyList<string> Events, string? Description = null)
{
    public WebhookRequest AsRequest() => new(Url, Description, Events ?? []);
}

/// <summary><c>/api/admin/v1/webhooks</c>: list, look, register, replace, remove, switch, rotate the secret, test; the log of deliveries is beside it.</summary>
internal static class WebhooksApi
{
    public static void Map(RouteGroupBuilder api)
    {
        var hooks = api.MapGroup("/webhooks").WithTags("Webhooks");
        hooks.MapGet("/", async (WebhookRegistry registry, CancellationToken cancellation) => ApiJson.Ok(new Page<WebhookView>(await registry.ListAsync(cancellation), null)))
            .Needs(Permissions.WebhooksRead).WithSummary("List the webhooks.").Produces<Page<WebhookView>>();
        hooks.MapGet("/{id:guid}", async (Guid id, WebhookRegistry registry, HttpContext context, CancellationToken cancellation) =>
            await registry.FindAsync(id, cancellation) is { } found ? Shown(found, context) : ApiProblems.Of([WebhookRegistry.Unknown]))
            .Needs(Permissions.WebhooksRead).ShowsVersion().WithSummary("One webhook, without its secret.").Produces<WebhookView>().ProducesProblem(StatusCodes.Status404NotFound);
        hooks.MapPost("/", AddAsync).Idempotent().Needs(Permissions.WebhooksWrite)
            .WithSummary("Register a webhook. The answer shows its secret this once.").Produces<IssuedWebhook>(StatusCodes.Status201Created).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        hooks.MapPut("/{id:guid}", ReplaceAsync).Needs(Permissions.WebhooksWrite).AsksForVersion().ShowsVersion()
            .WithSummary("Replace address, description and events. What is left out is removed.").Produces<WebhookView>().ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed).ProducesProblem(StatusCodes.Status422UnprocessableEntity).ProducesProblem(StatusCodes.Status428PreconditionRequired);
        hooks.MapDelete("/{id:guid}", RemoveAsync).Needs(Permissions.WebhooksWrite).AsksForVersion()
            .WithSummary("Remove a webhook with its deliveries, sent and unsent.").Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed).ProducesProblem(StatusCodes.Status428PreconditionRequired);
        hooks.MapPost("/{id:guid}/secret", async (Guid id, WebhookRegistry registry, HttpContext context, CancellationToken cancellation) => Answer(await registry.RotateSecretAsync(id, Actor(context), cancellation)))
            .Needs(Permissions.WebhooksWrite).WithSummary("Make a new secret. The old one signs beside it for Webhooks:SecretOverlap.").Produces<IssuedWebhook>().ProducesProblem(StatusCodes.Status404NotFound);
        foreach (var (verb, on, words) in new[] { ("enable", true, "Switch a webhook on; what waited for it is sent."), ("disable", false, "Switch a webhook off: no event is written down for it any more.") })
        {
            hooks.MapPost($"/{{id:guid}}/{verb}", async (Guid id, WebhookRegistry registry, HttpContext context, CancellationToken cancellation) =>
                await registry.SwitchAsync(id, on, Actor(context), cancellation) is { Succeeded: true } result ? Shown(result.Value, context) : ApiProblems.Of([WebhookRegistry.Unknown]))
                .Needs(Permissions.WebhooksWrite).ShowsVersion().WithSummary(words).Produces<WebhookView>().ProducesProblem(StatusCodes.Status404NotFound);
        }

        MapDeliveries(hooks);
    }

    private static void MapDeliveries(RouteGroupBuilder hooks)
    {
        hooks.MapPost("/{id:guid}/test", async (Guid id, WebhookDesk desk, CancellationToken cancellation) => Answer(await desk.SendTestAsync(id, cancellation), StatusCodes.Status202Accepted))
            .Needs(Permissions.WebhooksWrite).WithSummary("Send a webhook.test event. What came of it stands in the deliveries.").Produces<DeliveryView>(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status404NotFound);
        hooks.MapGet("/{id:guid}/deliveries", DeliveriesAsync).Needs(Permissions.WebhooksRead)
            .WithSummary("List what was sent to a webhook and what waits, newest first.").Produces<Page<DeliveryView>>().ProducesProblem(StatusCodes.Status404NotFound);
        hooks.MapPost("/{id:guid}/deliveries/{delivery:guid}/redeliver", async (Guid id, Guid delivery, WebhookDesk desk, CancellationToken cancellation) => Answer(await desk.RedeliverAsync(id, delivery, cancellation), StatusCodes.Status202Accepted))
            .Needs(Permissions.WebhooksWrite).WithSummary("Send a message once more, under the same id.").Produces<DeliveryView>(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> AddAsync(Body<WebhookBody> body, WebhookRegistry registry, HttpContext context, CancellationToken cancellation) =>
        body.Content.Succeeded ? Answer(await registry.AddAsync(body.Content.Value.AsRequest(), Actor(context), cancellation), StatusCodes.Status201Created) : ApiProblems.Of(body.Content.Problems);

    private static async Task<IResult> ReplaceAsync(Guid id, Body<WebhookBody> body, WebhookRegistry registry, HttpContext context, CancellationToken cancellation)
    {
        if (!body.Content.Succeeded)
        {
            return ApiProblems.Of(body.Content.Problems);
        }

        if (await registry.FindAsync(id, cancellation) is not { } found)
        {
            return ApiProblems.Of([WebhookRegistry.Unknown]);
        }

        if (context.Refuse(found.Version) is { } refusal)
        {
            return refusal;
        }

        var updated = await registry.UpdateAsync(id, body.Content.Value.AsRequest(), found.Version, Actor(context), cancellation);
        return updated.Succeeded ? Shown(updated.Value, context) : ApiProblems.Of(updated.Problems);
    }

    private static async Task<IResult> RemoveAsync(Guid id, WebhookRegistry registry, HttpContext context, CancellationToken cancellation)
    {
        if (await registry.FindAsync(id, cancellation) is not { } found)
        {
            return ApiProblems.Of([WebhookRegistry.Unknown]);
        }

        return context.Refuse(found.Version) ?? (await registry.RemoveAsync(id, Actor(context), found.Version, cancellation) is { } fault ? ApiProblems.Of([fault]) : Results.NoContent());
    }

    private static async Task<IResult> DeliveriesAsync(
        Guid id, [AsParameters] Listing listing, [FromQuery(Name = "state"), Description("waiting, delivered or given_up.")] string? state, WebhookRegistry registry, WebhookDesk desk, CancellationToken cancellation)
    {
        if (await registry.FindAsync(id, cancellation) is null)
        {
            return ApiProblems.Of([WebhookRegistry.Unknown]);
        }

        var after = Cursor.Parse(listing.Cursor) is { Value: { } value } cursor && DateTime.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var at) ? (at, cursor.Id) : ((DateTime, Guid)?)null;
        var found = await desk.ListAsync(id, state, after, listing.Take + 1, cancellation);
        var items = found.Take(listing.Take).ToList();
        return ApiJson.Ok(new Page<DeliveryView>(items, found.Count > items.Count ? new Cursor(items[^1].CreatedAt.ToString("O", CultureInfo.InvariantCulture), items[^1].Id).ToString() : null));
    }

    private static IResult Shown(WebhookView view, HttpContext context)
    {
        context.WriteETag(view.Version);
        return ApiJson.Ok(view);
    }

    private static IResult Answer<T>(Result<T> result, int status = StatusCodes.Status200OK) => result.Succeeded ? ApiJson.Ok(result.Value, status) : ApiProblems.Of(result.Problems);

    private static string Actor(HttpContext context) => Caller.Of(context.User).Actor;
}
