using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using OidcProvider.Admin.Playground;
using OidcProvider.Clients;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Clients;

/// <summary>A page about one client, named by <c>client_id</c> in the query: an id may be an address, which no path carries well.</summary>
internal abstract class ClientPage(ClientRegistry registry) : AdminPage
{
    private static readonly Dictionary<string, string> Notices = new(StringComparer.Ordinal)
    {
        ["saved"] = "Saved.", ["removed-secret"] = "The secret is removed.", ["fixed"] = "Fixed.", ["disabled"] = "The client is disabled.", ["enabled"] = "The client is enabled.",
    };

    protected ClientRegistry Registry => registry;

    [BindProperty(SupportsGet = true, Name = "client_id")]
    public string? ClientId { get; set; }

    public RegisteredClient Client { get; private set; } = null!;

    /// <summary>Why the caller may not change this client; null when they may.</summary>
    public string? Locked { get; private set; }

    public bool MayChange => May(Permissions.ClientsWrite) && Locked is null;

    public string? Notice => Notices.GetValueOrDefault(Request.Query["done"].ToString());

    public string To(string tab) => $"{Request.PathBase}/admin/clients/{tab}?client_id={Uri.EscapeDataString(Client.ClientId)}";

    /// <summary>The playground with this client chosen; null when there is none, or no flow of it that the client may use.</summary>
    public string? TestIt => !HttpContext.RequestServices.GetRequiredService<IOptions<AdminOptions>>().Value.Playground || Flow.Of(Client.Definition) is not { } flow ? null
        : $"{Request.PathBase}/playground{QueryString.Create(new Dictionary<string, string?> { ["client_id"] = Client.ClientId, ["flow"] = flow, ["scope"] = Client.Definition.Scope })}";

    /// <summary>Null when the client is there; otherwise the answer.</summary>
    protected async Task<IActionResult?> LoadAsync(CancellationToken cancellation)
    {
        if (ClientId is null || await registry.FindAsync(ClientId, cancellation) is not { } found)
        {
            return NotFound();
        }

        Client = found;
        Locked = ClientGuard.Fault(Caller.Editor, found.Definition, found.Definition)?.Message;
        return null;
    }

    /// <summary>Before a change: the client is there, the caller may, the form is whole.</summary>
    protected async Task<IActionResult?> BeginAsync(CancellationToken cancellation)
    {
        if (await LoadAsync(cancellation) is { } missing)
        {
            return missing;
        }

        return !MayChange ? NotAllowed() : await IsCompleteAsync() ? null : Refused();
    }

    protected IActionResult Done(string tab, string notice) => Redirect($"{To(tab)}&done={notice}");
}
