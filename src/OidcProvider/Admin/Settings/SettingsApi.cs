using OidcProvider.Admin.Api;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Settings;

/// <summary><c>/api/admin/v1/settings</c>: the settings in force.</summary>
internal static class SettingsApi
{
    public static void Map(RouteGroupBuilder api) => api.MapGet("/settings", (SettingsInForce settings) => ApiJson.Ok(new Page<SettingView>(settings.List(), null)))
        .Needs(Permissions.ConfigurationRead).WithTags("Settings").WithSummary("List every setting with its value, where it comes from and what it means; of secrets only whether they are set.").Produces<Page<SettingView>>();
}
