using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Admin.Api;
using OidcProvider.Hosting;
using OidcProvider.Webhooks;

namespace OidcProvider.Admin.Webhooks;

/// <summary>One webhook: change it, test it, its secret, what was sent to it.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.WebhooksRead)]
internal sealed class DetailsModel(WebhookRegistry registry, WebhookDesk desk) : AdminPage
{
    private const int Shown = 25;

    private static readonly Dictionary<string, string> Notices = new(StringComparer.Ordinal)
    {
        ["saved"] = "The webhook is saved.", ["test"] = "A test is on its way; reload to see what came of it.", ["redelivered"] = "The message is sent once more; reload to see what came of it.",
        ["on"] = "The webhook is on.", ["off"] = "The webhook is off.",
    };

    public WebhookView Hook { get; private set; } = null!;

    public WebhookForm Form { get; private set; } = null!;

    public IssuedWebhook? Issued { get; private set; }

    public IReadOnlyList<DeliveryView> Deliveries { get; private set; } = [];

    public string? Next { get; private set; }

    [BindProperty(SupportsGet = true, Name = "state")]
    public string? State { get; set; }

    [BindProperty(SupportsGet = true, Name = "after")]
    public string? After { get; set; }

    public string? Notice => Notices.GetValueOrDefault(Request.Query["done"].ToString());

    public bool CanChange => May(Permissions.WebhooksWrite);

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancellation) => await LoadAsync(id, cancellation) ? Page() : NotFound();

    public Task<IActionResult> OnPostAsync(Guid id, [FromForm] string? url, [FromForm] string? description, [FromForm] List<string>? kind, [FromForm] string? more, [FromForm] string? version, CancellationToken cancellation) => ActAsync(id, async () =>
    {
        Form = new(url, description, kind ?? [], more);
        return (await registry.UpdateAsync(id, Form.Request, version, Caller.Actor, cancellation)).Problems;
    }, "saved", cancellation);

    public Task<IActionResult> OnPostTestAsync(Guid id, CancellationToken cancellation) => ActAsync(id, async () => (await desk.SendTestAsync(id, cancellation)).Problems, "test", cancellation);

    public Task<IActionResult> OnPostRedeliverAsync(Guid id, [FromForm] Guid delivery, CancellationToken cancellation) =>
        ActAsync(id, async () => (await desk.RedeliverAsync(id, delivery, cancellation)).Problems, "redelivered", cancellation);

    public Task<IActionResult> OnPostSwitchAsync(Guid id, [FromForm] bool on, CancellationToken cancellation) =>
        ActAsync(id, async () => (await registry.SwitchAsync(id, on, Caller.Actor, cancellation)).Problems, on ? "on" : "off", cancellation);

    public Task<IActionResult> OnPostSecretAsync(Guid id, CancellationToken cancellation) => ActAsync(id, async () =>
    {
        var rotated = await registry.RotateSecretAsync(id, Caller.Actor, cancellation);
        Issued = rotated.Succeeded ? rotated.Value : null;
        return rotated.Problems;
    }, done: null, cancellation);

    /// <summary>Does one thing and shows the page again: by a redirect, or at once when there is a fault or a secret to show.</summary>
    private async Task<IActionResult> ActAsync(Guid id, Func<Task<IReadOnlyList<Problem>>> act, string? done, CancellationToken cancellation)
    {
        if (!CanChange)
        {
            return NotAllowed();
        }

        if (!await LoadAsync(id, cancellation))
        {
            return NotFound();
        }

        if (!await IsCompleteAsync())
        {
            return Refused();
        }

        var problems = await act();
        if (problems.Count > 0)
        {
            return Refused(problems.Select(problem => problem with { Message = WebhookForm.Sentence(problem) }));
        }

        if (done is not null)
        {
            return Redirect($"{Request.PathBase}/admin/webhooks/{id}?done={done}");
        }

        Response.Headers.CacheControl = "no-store";
        Hook = Issued!.Webhook;
        return Page();
    }

    private async Task<bool> LoadAsync(Guid id, CancellationToken cancellation)
    {
        if (await registry.FindAsync(id, cancellation) is not { } found)
        {
            return false;
        }

        (Hook, Form) = (found, WebhookForm.Of(found));
        var after = Cursor.Parse(After) is { Value: { } value } cursor && DateTime.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var at) ? (at, cursor.Id) : ((DateTime, Guid)?)null;
        var rows = await desk.ListAsync(id, State, after, Shown + 1, cancellation);
        Deliveries = [.. rows.Take(Shown)];
        Next = rows.Count > Shown ? new Cursor(Deliveries[^1].CreatedAt.ToString("O", CultureInfo.InvariantCulture), Deliveries[^1].Id).ToString() : null;
        return true;
    }
}
