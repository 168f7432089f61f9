using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Settings;

/// <summary>The settings in force, to read. They are changed where they are set.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.ConfigurationRead)]
internal sealed class IndexModel(SettingsInForce settings) : AdminPage
{
    [BindProperty(SupportsGet = true, Name = "q")]
    public string? Search { get; set; }

    /// <summary>Only those that somebody set.</summary>
    [BindProperty(SupportsGet = true, Name = "set")]
    public bool OnlySet { get; set; }

    public IReadOnlyList<SettingView> List { get; private set; } = [];

    public void OnGet() => List = [.. settings.List().Where(setting => (!OnlySet || setting.Source != SettingView.Default)
        && (string.IsNullOrWhiteSpace(Search) || setting.Key.Contains(Search.Trim(), StringComparison.OrdinalIgnoreCase) || setting.Description?.Contains(Search.Trim(), StringComparison.OrdinalIgnoreCase) == true))];
}
