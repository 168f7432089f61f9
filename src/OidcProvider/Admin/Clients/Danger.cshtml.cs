using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Clients;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Clients;

/// <summary>Disabling and removing, after saying what breaks.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.ClientsRead)]
internal sealed class DangerModel(ClientRegistry registry, AppDbContext database, TimeProvider time) : ClientPage(registry)
{
    public ClientImpact Impact { get; private set; } = null!;

    public bool Asked { get; private set; }

    public async Task<IActionResult> OnGetAsync([FromQuery] bool remove, CancellationToken cancellation)
    {
        Asked = remove;
        return await LoadAsync(cancellation) ?? await ShowAsync(cancellation);
    }

    public Task<IActionResult> OnPostDisableAsync(CancellationToken cancellation) => SwitchAsync("disabled", () => Registry.DisableAsync(Client.ClientId, Caller.Editor, cancellation), cancellation);

    public Task<IActionResult> OnPostEnableAsync(CancellationToken cancellation) => SwitchAsync("enabled", () => Registry.EnableAsync(Client.ClientId, Caller.Editor, cancellation), cancellation);

    public async Task<IActionResult> OnPostRemoveAsync([FromForm] string? confirm, CancellationToken cancellation)
    {
        Asked = true;
        var stop = await BeginAsync(cancellation);
        if (Client is not null)
        {
            await ShowAsync(cancellation);
        }

        if (stop is not null)
        {
            return stop;
        }

        if (confirm?.Trim() != Client!.ClientId)
        {
            return Refused(message: "Type the client ID to remove the client.", field: "confirm");
        }

        return await Registry.RemoveAsync(Client.ClientId, Caller.Editor, cancellation: cancellation) is { } fault ? Refused([fault]) : Redirect($"{Request.PathBase}/admin/clients?done=removed");
    }

    private async Task<IActionResult> SwitchAsync(string done, Func<Task<Result<ClientRegistration>>> change, CancellationToken cancellation)
    {
        var stop = await BeginAsync(cancellation);
        if (Client is not null)
        {
            await ShowAsync(cancellation);
        }

        if (stop is not null)
        {
            return stop;
        }

        var switched = await change();
        return switched.Succeeded ? Done("danger", done) : Refused(switched.Problems);
    }

    private async Task<IActionResult> ShowAsync(CancellationToken cancellation)
    {
        Impact = await ClientImpact.OfAsync(database, [Client.Id], time.GetUtcNow().UtcDateTime, cancellation);
        return Page();
    }
}
