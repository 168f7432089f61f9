using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Users;

/// <summary>
/// Owns accounts: what a user is, passwords and their hashes, roles, ASP.NET Core Identity's core services.
/// Routes: none. Leaves signing in (cookies, SignInManager) to SignIn and Account, sessions to Sessions.
/// Needs from its neighbours: AppDbContext, AuditLog, Argon2id and TimeProvider.
/// </summary>
internal static class UsersModule
{
    public static IServiceCollection AddUsers(this IServiceCollection services)
    {
        services.AddValidatedOptions<UsersOptions>(UsersOptions.Section);
        services.TryAddSingleton<PasswordHasher>();
        services.TryAddSingleton<IPasswordHasher<User>>(provider => provider.GetRequiredService<PasswordHasher>());
        services.TryAddScoped<IPasswordValidator<User>, PasswordRule>();
        services.TryAddScoped<UserDirectory>();
        services.TryAddScoped<UserStanding>();
        services.TryAddScoped<Passwords>();
        services.AddIdentityCore<User>(identity =>
        {
            identity.User.RequireUniqueEmail = true;
            // Empty allows every character: names are Unicode, the address is the usual one.
            identity.User.AllowedUserNameCharacters = "";
        })
        .AddRoles<Role>()
        .AddEntityFrameworkStores<AppDbContext>();
        return services;
    }
}
