using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Hosting;
using OidcProvider.Webhooks;

namespace OidcProvider.Admin.Webhooks;

/// <summary>Asks before a webhook is removed, and says what is lost.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.WebhooksWrite)]
internal sealed class RemoveModel(WebhookRegistry registry, WebhookDesk desk) : AdminPage
{
    private const int Most = 1000;

    public WebhookView Hook { get; private set; } = null!;

    public int Waiting { get; private set; }

    public string WaitingWords => Waiting switch { 0 => "No event waits to be sent.", 1 => "1 event that waits to be sent is lost.", Most => $"{Most} events or more that wait to be sent are lost.", _ => $"{Waiting} events that wait to be sent are lost." };

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancellation) => await LoadAsync(id, cancellation) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(Guid id, CancellationToken cancellation)
    {
        if (!await LoadAsync(id, cancellation))
        {
            return NotFound();
        }

        if (!await IsCompleteAsync())
        {
            return Refused();
        }

        await registry.RemoveAsync(id, Caller.Actor, cancellation: cancellation);
        return Redirect($"{Request.PathBase}/admin/webhooks?done=removed");
    }

    private async Task<bool> LoadAsync(Guid id, CancellationToken cancellation)
    {
        if (await registry.FindAsync(id, cancellation) is not { } found)
        {
            return false;
        }

        Hook = found;
        Waiting = (await desk.ListAsync(id, DeliveryView.Waiting, null, Most, cancellation)).Count;
        return true;
    }
}
