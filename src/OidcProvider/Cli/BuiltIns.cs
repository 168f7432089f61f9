using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OidcProvider.Admin;
using OidcProvider.Clients;
using OidcProvider.Hosting;

namespace OidcProvider.Cli;

/// <summary>Brings the clients that belong to the server to what this version and these settings want, at every start.</summary>
internal sealed class BuiltIns(ClientRegistry clients, IssuerUri issuer, IOptions<AdminOptions> options)
{
    public async Task<IReadOnlyList<Problem>> EnsureAsync(CancellationToken cancellation) =>
    [
        .. await EnsureAsync(CommandLineClient.Definition, options.Value.CommandLineClient, cancellation),
        .. await EnsureAsync(PlaygroundClient.Definition(issuer.Combine), options.Value.Playground, cancellation),
    ];

    private async Task<IReadOnlyList<Problem>> EnsureAsync(ClientDefinition wanted, bool isWanted, CancellationToken cancellation)
    {
        var known = await clients.FindAsync(wanted.ClientId!, cancellation);
        if (!isWanted)
        {
            return known is null or { Disabled: true } ? [] : (await clients.DisableAsync(wanted.ClientId!, BuiltInClients.Actor, cancellation: cancellation)).Problems;
        }

        if (known is null)
        {
            try
            {
                return (await clients.RegisterAsync(wanted, BuiltInClients.Actor, cancellation)).Problems;
            }
            catch (DbUpdateException)
            {
                // Another node starts at the same moment and made it.
                return [];
            }
        }

        if (known.Definition != wanted && await clients.UpdateAsync(wanted, BuiltInClients.Actor, cancellation: cancellation) is { Succeeded: false } refused)
        {
            return refused.Problems;
        }

        return known.Disabled ? (await clients.EnableAsync(wanted.ClientId!, BuiltInClients.Actor, cancellation: cancellation)).Problems : [];
    }
}
