using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Clients;
using OidcProvider.Clients.Grading;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Clients;

/// <summary>How good a client is, why, and what one click sets right.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.ClientsRead)]
internal sealed class GradeModel(ClientRegistry registry, ClientCatalog catalog, TimeProvider time) : ClientPage(registry)
{
    public ClientGrade Grade { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation) => await LoadAsync(cancellation) ?? await ShowAsync(cancellation);

    /// <summary>Applies the fix of a finding, if it still is one.</summary>
    public async Task<IActionResult> OnPostAsync([FromForm] string? code, [FromForm] string? field, CancellationToken cancellation)
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

        var fix = Grade.RuleSets.SelectMany(set => set.Findings).FirstOrDefault(finding => finding.Code == code && (finding.Field ?? "") == (field ?? ""))?.Fix;
        if (fix is null)
        {
            return Refused(message: "That is no longer so; look again.");
        }

        var patched = ClientPatch.Apply(Client!.Definition, (System.Text.Json.Nodes.JsonObject)fix.DeepClone());
        var changed = patched.Succeeded ? await Registry.UpdateAsync(patched.Value, Caller.Editor, Client.Version, cancellation) : patched.Problems.ToList();
        return changed.Succeeded ? Done("grade", "fixed") : Refused(changed.Problems);
    }

    private async Task<IActionResult> ShowAsync(CancellationToken cancellation)
    {
        Grade = ClientGrade.Of(Client, await catalog.UsageAsync(Client.Id, cancellation), time.GetUtcNow().UtcDateTime);
        return Page();
    }
}
