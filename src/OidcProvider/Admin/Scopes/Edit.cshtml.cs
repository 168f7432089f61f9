using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Clients;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Scopes;

/// <summary>Adds a scope, changes one, or removes one after saying which clients name it.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.ScopesRead)]
internal sealed partial class EditModel(ScopeRegistry registry) : AdminPage
{
    private ScopeDefinition? _registered;

    public static readonly string[] Names = ["NewName", "DisplayName", "Description", "Resources", "Claims"];

    /// <summary>Of the scope that is changed; empty for a new one.</summary>
    [BindProperty(SupportsGet = true, Name = "name")]
    public string? Name { get; set; }

    [BindProperty]
    public string? NewName { get; set; }

    [BindProperty]
    public string? DisplayName { get; set; }

    [BindProperty]
    public string? Description { get; set; }

    [BindProperty]
    public string? Resources { get; set; }

    [BindProperty]
    public string? Claims { get; set; }

    [BindProperty]
    public string? Version { get; set; }

    public bool IsNew => string.IsNullOrEmpty(Name);

    public bool MayChange => May(Permissions.ScopesWrite);

    public int Clients { get; private set; }

    public bool Asked { get; private set; }

    /// <summary>The scope as the form has it, with what is not on the form: its words in further languages, which a file or the API sets.</summary>
    public ScopeDefinition Whole => Wanted with { Tagged = _registered?.Tagged };

    private ScopeDefinition Wanted => new()
    {
        Name = (IsNew ? NewName?.Trim() : Name) ?? "", DisplayName = Text(DisplayName), Description = Text(Description),
        Resources = [.. (Resources ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)],
        Claims = [.. Separators().Split(Claims ?? "").Where(claim => claim.Length > 0)],
    };

    public string Here => $"{Request.PathBase}/admin/scopes/edit{(IsNew ? "" : $"?name={Uri.EscapeDataString(Name!)}")}";

    public async Task<IActionResult> OnGetAsync([FromQuery] bool remove, CancellationToken cancellation)
    {
        Asked = remove;
        if (IsNew)
        {
            return MayChange ? Page() : NotAllowed();
        }

        if (await registry.FindRegisteredAsync(Name!, cancellation) is not { } scope)
        {
            return NotFound();
        }

        _registered = scope.Definition;
        (DisplayName, Description, Version) = (scope.Definition.DisplayName, scope.Definition.Description, scope.Version);
        (Resources, Claims) = (string.Join('\n', scope.Definition.Resources), string.Join(' ', scope.Definition.Claims));
        Clients = await registry.ClientsOfAsync(Name!, cancellation);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        if (!MayChange)
        {
            return NotAllowed();
        }

        _registered = IsNew ? null : (await registry.FindRegisteredAsync(Name!, cancellation))?.Definition;
        if (!await IsCompleteAsync())
        {
            return Refused();
        }

        var saved = await registry.ApplyAsync(Whole, Caller.Editor, IsNew ? "" : Version ?? "unknown", cancellation);
        Clients = IsNew ? 0 : await registry.ClientsOfAsync(Name!, cancellation);
        return saved.Succeeded ? Redirect($"{Request.PathBase}/admin/scopes?done=saved") : Refused(saved.Problems.Select(Placed));
    }

    public async Task<IActionResult> OnPostRemoveAsync(CancellationToken cancellation)
    {
        if (!MayChange || IsNew)
        {
            return NotAllowed();
        }

        if (!await IsCompleteAsync())
        {
            return Refused();
        }

        return await registry.RemoveAsync(Name!, Caller.Editor, Version, cancellation) is { } fault ? Refused([fault with { Field = null }]) : Redirect($"{Request.PathBase}/admin/scopes?done=removed");
    }

    private static string? Text(string? typed) => string.IsNullOrWhiteSpace(typed) ? null : typed.Trim();

    // The registry's words for fields are those of the metadata.
    private static Problem Placed(Problem problem) => problem with
    {
        Field = problem.Field?.Split('[')[0] switch { "name" => "NewName", "display_name" => "DisplayName", "description" => "Description", "resources" => "Resources", "claims" => "Claims", _ => null },
    };

    [GeneratedRegex(@"[\s,]+", RegexOptions.CultureInvariant)]
    private static partial Regex Separators();
}
