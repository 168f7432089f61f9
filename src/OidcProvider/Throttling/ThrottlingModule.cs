using OidcProvider.Hosting;

namespace OidcProvider.Throttling;

/// <summary>
/// Owns the counting of tries. What is counted, and what follows when none are left, is for those who ask: <c>SignIn</c> for
/// passwords and second factors, <c>Protocol</c> for client secrets.
/// </summary>
internal static class ThrottlingModule
{
    public static IServiceCollection AddThrottling(this IServiceCollection services) =>
        services.AddValidatedOptions<ThrottlingOptions>(ThrottlingOptions.Section).AddScoped<Throttle>();
}
