using System.Text;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OidcProvider.Declarations;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Configuration;

/// <summary>The configuration as a file: take it home, or bring one, see what it would change, and confirm.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.ConfigurationRead), RequestSizeLimit(4 << 20)]
internal sealed class IndexModel(Declaration declaration, Bootstrap bootstrap, IDataProtectionProvider protection, TimeProvider time) : AdminPage
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    // The file waits in the form for its confirmation and may hold secrets; nobody but this server reads it there.
    private readonly IDataProtector _seal = protection.CreateProtector("admin/configuration");

    [BindProperty(Name = "File")]
    public IFormFile? Upload { get; set; }

    [BindProperty]
    public bool Prune { get; set; }

    [BindProperty]
    public string? Sealed { get; set; }

    [BindProperty]
    public string? Version { get; set; }

    [BindProperty(SupportsGet = true)]
    public int? Applied { get; set; }

    public Plan? Plan { get; private set; }

    public string? FileName { get; private set; }

    public bool MayApply => May(Permissions.ConfigurationWrite);

    public async Task<IActionResult> OnGetExportAsync(string? format, CancellationToken cancellation)
    {
        var file = await declaration.ExportAsync(withUsers: true, cancellation);
        return format is "yaml"
            ? File(Encoding.UTF8.GetBytes(Yaml.Write(file)), "application/yaml", "configuration.yaml")
            : File(Encoding.UTF8.GetBytes(Equivalent.Write(file)), "application/json", "configuration.json");
    }

    /// <summary>What the file would change. Changes nothing.</summary>
    public async Task<IActionResult> OnPostPlanAsync(CancellationToken cancellation)
    {
        if (!await IsCompleteAsync())
        {
            return Refused();
        }

        if (Upload is null or { Length: 0 })
        {
            return Refused(message: "Choose a file.", field: "File");
        }

        using var reader = new StreamReader(Upload.OpenReadStream());
        return await ShowAsync(await reader.ReadToEndAsync(cancellation), BootstrapFile.IsYaml(Upload.FileName), Upload.FileName, cancellation);
    }

    /// <summary>The confirmed plan, unless the server has changed since it was shown: then the new one is shown.</summary>
    public async Task<IActionResult> OnPostApplyAsync(CancellationToken cancellation)
    {
        if (!MayApply)
        {
            return NotAllowed();
        }

        if (!await IsCompleteAsync())
        {
            return Refused();
        }

        if (Open() is not var (text, yaml, name))
        {
            return Refused(message: "The file waited for too long. Choose it again.", field: "File");
        }

        var shown = await ShowAsync(text, yaml, name, cancellation);
        if (Plan is null)
        {
            return shown;
        }

        if (Plan.Version != Version)
        {
            return Refused(StatusCodes.Status409Conflict, "The server has changed since. Look at the changes again.");
        }

        var faults = await bootstrap.ApplyAsync(DeclaredBody.Read(text, yaml).Value, new ApplyOptions(ExistingUsers.Update, Prune, Caller.Editor), cancellation);
        return faults.Count == 0 ? Redirect($"{Request.PathBase}/admin/configuration?applied={Plan.Steps.Count}") : Wrong(faults);
    }

    private async Task<IActionResult> ShowAsync(string text, bool yaml, string name, CancellationToken cancellation)
    {
        var read = DeclaredBody.Read(text, yaml);
        var faults = read.Succeeded ? await bootstrap.CheckAsync(read.Value, cancellation) : read.Problems;
        if (faults.Count > 0)
        {
            return Wrong(faults);
        }

        (FileName, Sealed) = (name, Seal(text, yaml, name));
        Plan = await declaration.PlanAsync(read.Value, Prune, withSecrets: MayApply, cancellation);
        return Page();
    }

    private PageResult Wrong(IEnumerable<Problem> faults)
    {
        Plan = null;
        foreach (var fault in faults)
        {
            ModelState.AddModelError("File", fault.ToString());
        }

        return Refused(StatusCodes.Status422UnprocessableEntity);
    }

    private string Seal(string text, bool yaml, string name) => _seal.Protect($"{time.GetUtcNow().ToUnixTimeSeconds()}\n{(yaml ? "yaml" : "json")}\n{name.ReplaceLineEndings("")}\n{text}");

    private (string Text, bool Yaml, string Name)? Open()
    {
        try
        {
            return _seal.Unprotect(Sealed ?? "").Split('\n', 4) is [var at, var format, var name, var text] && time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(long.Parse(at, System.Globalization.CultureInfo.InvariantCulture)) < Patience
                ? (text, format == "yaml", name)
                : null;
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return null;
        }
    }
}
