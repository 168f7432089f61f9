using Microsoft.Extensions.DependencyInjection;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Users;

namespace OidcProvider.Tests;

/// <summary>Accounts barred and let in again as an operator does it, by their address.</summary>
internal static class Barring
{
    public static Task<Result<User>> DisableUserAsync(this IServiceProvider services, string email) => ActAsync(services, email, (standing, by, id) => standing.DisableAsync(by, id));

    public static Task<Result<User>> EnableUserAsync(this IServiceProvider services, string email) => ActAsync(services, email, (standing, by, id) => standing.EnableAsync(by, id));

    private static async Task<Result<User>> ActAsync(IServiceProvider services, string email, Func<UserStanding, Acting, Guid, Task<Result<User>>> act) =>
        await act(services.GetRequiredService<UserStanding>(), Acting.Operator("test"), (await services.GetRequiredService<UserDirectory>().FindByNameAsync(email))!.Id);
}
