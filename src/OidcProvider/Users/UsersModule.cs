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
        services.AddScoped<UserStanding>().AddScoped<UserGate>().AddScoped<UserDesk>().AddScoped<UserSearch>().AddScoped<UserBatch>().AddScoped<RoleDesk>().AddScoped<SessionDesk>().AddScoped<PasswordMail>().AddScoped<FirstOwner>();
        services.TryAddScoped<Passwords>();
        services.AddScoped<AccountGuards>().AddScoped<MailedLinks>().AddScoped<SecondFactors>().AddScoped<FactorNotices>().AddScoped<LastFactor>().AddScoped<KnownDevices>().AddScoped<Credentials>().AddScoped<Profile>().AddScoped<Passkeys>().AddSingleton<PasswordPolicy>();
        services.AddHttpClient(PasswordPolicy.BreachClient, client => client.Timeout = TimeSpan.FromSeconds(2));
        services.AddIdentityCore<User>(identity =>
        {
            identity.User.RequireUniqueEmail = true;
            // Empty allows every character: names are Unicode, the address is the usual one.
            identity.User.AllowedUserNameCharacters = "";
        })
        .AddRoles<Role>()
        .AddEntityFrameworkStores<AppDbContext>();
        services.TryAddScoped<IPasskeyHandler<User>, PasskeyHandler<User>>();
        services.AddOptions<IdentityPasskeyOptions>().Configure<IssuerUri>((options, issuer) =>
        {
            // Neither is taken from the request (the framework's own default): a header must not choose who may ask for a passkey.
            options.ServerDomain = issuer.Host.Host;
            options.ValidateOrigin = context => ValueTask.FromResult(!context.CrossOrigin && context.Origin == issuer.Uri.GetLeftPart(UriPartial.Authority));
            options.UserVerificationRequirement = "required";
            options.ResidentKeyRequirement = "required";
        });
        return services;
    }
}
