using OidcProvider.Hosting;

namespace OidcProvider.SignIn;

/// <summary>
/// Owns the pages where users prove who they are: <c>/login</c> with its second steps, <c>/register</c>, <c>/password/*</c>, <c>/unlock</c>, the
/// start page, and the session API <c>/auth/*</c> for own web apps. Knows nothing of OAuth: a page gets a return URL and leads back there. Leaves sessions to <c>Sessions</c>, accounts to
/// <c>Users</c>, changes by a signed-in user to <c>Account</c>.
/// </summary>
internal static class SignInModule
{
    public static IServiceCollection AddSignIn(this IServiceCollection services) => services
        .AddValidatedOptions<SignInOptions>(SignInOptions.Section)
        .AddSingleton<SignInGate>().AddScoped<PasswordSignIn>().AddScoped<SecondStep>().AddScoped<SecondStepNotice>().AddScoped<SignInSteps>().AddScoped<SignInGuard>().AddScoped<PendingSignIns>()
        .AddScoped<LockNotice>().AddScoped<SignInDevices>().AddScoped<LooseEnds>().AddScoped<Registration>().AddScoped<MailThrottle>();
}
