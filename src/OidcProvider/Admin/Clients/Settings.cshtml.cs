using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Clients;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Clients;

/// <summary>A form over some of a client's metadata. It carries the version it was filled from, so that nobody overwrites what they have not seen.</summary>
internal abstract class ClientFormPage(ClientRegistry registry, IReadOnlyList<ClientField> fields, string tab) : ClientPage(registry)
{
    [BindProperty(Name = "version")]
    public string? Version { get; set; }

    public ClientForm Form { get; private set; } = null!;

    /// <summary>Made by this change, because the client has just become confidential.</summary>
    public string? NewSecret { get; private set; }

    public string[] Names { get; } = [.. fields.Select(field => field.Name)];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        if (await LoadAsync(cancellation) is { } missing)
        {
            return missing;
        }

        Version = Client.Version;
        Form = ClientForm.Of(Client.Definition, fields);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        if (await LoadAsync(cancellation) is { } missing)
        {
            return missing;
        }

        Form = ClientForm.Of(Client.Definition, fields);
        if (!MayChange)
        {
            return NotAllowed();
        }

        if (!await IsCompleteAsync())
        {
            return Refused();
        }

        var patch = ClientForm.Patch(Request.Form, fields);
        var patched = ClientPatch.Apply(Client.Definition, (System.Text.Json.Nodes.JsonObject)patch.DeepClone());
        var changed = patched.Succeeded ? await Registry.UpdateAsync(patched.Value, Caller.Editor, Version, cancellation) : patched.Problems.ToList();
        if (!changed.Succeeded)
        {
            // What was typed stays in the form.
            foreach (var (name, value) in patch)
            {
                Form.Values[name] = value?.DeepClone();
            }

            return Refused(Form.Placed(changed.Problems));
        }

        if (changed.Value.GeneratedSecret is null)
        {
            return Done(tab, "saved");
        }

        NewSecret = changed.Value.GeneratedSecret;
        Version = changed.Value.Client.Version;
        return Page();
    }
}

/// <summary>What a client is and may do.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.ClientsRead)]
internal sealed class SettingsModel(ClientRegistry registry) : ClientFormPage(registry, [.. ClientFields.Settings.SelectMany(group => group.Fields)], "settings");

/// <summary>Where people are sent back to.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.ClientsRead)]
internal sealed class RedirectsModel(ClientRegistry registry) : ClientFormPage(registry, ClientFields.Addresses, "redirects");
