using OidcProvider.Hosting;
using OidcProvider.Users;

namespace OidcProvider.Cli;

/// <summary>
/// Says how the first owner gets in, when there is none: in Production a link, on standard error and never in the log. Development has the demo's.
/// </summary>
internal static class OwnerLink
{
    public static async Task PrintAsync(IServiceProvider services, CliConsole console, CancellationToken cancellation)
    {
        if (services.GetRequiredService<IHostEnvironment>().IsDevelopment())
        {
            return;
        }

        await using var scope = services.CreateAsyncScope();
        var offer = await scope.ServiceProvider.GetRequiredService<FirstOwner>().OfferAsync(cancellation);
        if (offer.Token is { } token)
        {
            console.Say("Nobody owns this server yet. Open this link within an hour to become its first owner; it works once and is not shown again:");
            console.Say($"{services.GetRequiredService<IssuerUri>().Value.TrimEnd('/')}/first-owner?token={token}");
        }
        else if (offer.Waiting is { } until)
        {
            console.Say($"Nobody owns this server yet. The link shown at an earlier start works until {until:yyyy-MM-dd HH:mm} UTC; or run `user make-owner EMAIL`.");
        }
    }
}
