using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Hosting;
using OidcProvider.Webhooks;

namespace OidcProvider.Admin.Webhooks;

/// <summary>Registers a webhook. The answer to the form shows its secret, this once.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.WebhooksWrite)]
internal sealed class NewModel(WebhookRegistry registry) : AdminPage
{
    public WebhookForm Form { get; private set; } = new(null, null, ["user.*"], null);

    public IssuedWebhook? Made { get; private set; }

    public async Task<IActionResult> OnPostAsync([FromForm] string? url, [FromForm] string? description, [FromForm] List<string>? kind, [FromForm] string? more, CancellationToken cancellation)
    {
        Form = new(url, description, kind ?? [], more);
        if (!await IsCompleteAsync())
        {
            return Refused();
        }

        var added = await registry.AddAsync(Form.Request, Caller.Actor, cancellation);
        if (!added.Succeeded)
        {
            return Refused(added.Problems.Select(problem => problem with { Message = WebhookForm.Sentence(problem) }));
        }

        Made = added.Value;
        Response.Headers.CacheControl = "no-store";
        return Page();
    }
}
