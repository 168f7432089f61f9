namespace OidcProvider.Account;

/// <summary>
/// Owns what a signed-in user does with the own account: <c>/account/*</c>. Every change that protects the account asks for a fresh sign-in first.
/// Leaves the rules to <c>Users</c>, ending sessions to <c>Sessions</c>, withdrawing apps to <c>Tokens</c>.
/// </summary>
internal static class AccountModule
{
    public static IServiceCollection AddAccount(this IServiceCollection services) => services.AddScoped<AccountData>().AddScoped<EmailChange>();
}
