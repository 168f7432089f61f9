namespace OidcProvider.SignIn;

/// <summary>
/// Owns the pages where users prove who they are: <c>/login</c> and the start page. Knows nothing of OAuth: a page gets a return URL
/// and leads back there. Leaves sessions to <c>Sessions</c> and accounts to <c>Users</c>.
/// </summary>
internal static class SignInModule
{
    public static IServiceCollection AddSignIn(this IServiceCollection services) => services.AddScoped<SignInFlow>();
}
