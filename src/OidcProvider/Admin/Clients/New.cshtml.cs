using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Clients;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Clients;

/// <summary>Registers a client in two steps: what kind it is, then only what that kind needs to be asked.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.ClientsWrite)]
internal sealed class NewModel(ClientRegistry registry) : AdminPage
{
    [BindProperty(SupportsGet = true, Name = "kind")]
    public string? KindKey { get; set; }

    public ClientKind? Kind { get; private set; }

    public ClientForm Form { get; private set; } = null!;

    public ClientRegistration? Made { get; private set; }

    public string[] Names => Kind is null ? [] : [.. Kind.Asked.Select(asked => asked.Name)];

    public void OnGet() => Choose();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        Choose();
        if (Kind is null)
        {
            return NotFound();
        }

        if (!await IsCompleteAsync())
        {
            return Refused();
        }

        var patch = ClientForm.Patch(Request.Form, Kind.Asked);
        var wanted = ClientPatch.Apply(Kind.Preset, (JsonObject)patch.DeepClone());
        var made = wanted.Succeeded ? await registry.RegisterAsync(wanted.Value, Caller.Editor, cancellation) : wanted.Problems.ToList();
        if (made.Succeeded)
        {
            Made = made.Value;
            return Page();
        }

        foreach (var (name, value) in patch)
        {
            Form.Values[name] = value?.DeepClone();
        }

        return Refused(Form.Placed(made.Problems));
    }

    private void Choose()
    {
        Kind = ClientKinds.Find(KindKey);
        if (Kind is not null)
        {
            Form = ClientForm.Of(Kind.Preset, Kind.Asked);
        }
    }
}
