using System.Collections.Concurrent;
using Microsoft.AspNetCore;
using Microsoft.Extensions.Options;
using OidcProvider.Audit;
using OidcProvider.Clients;
using OidcProvider.Hosting;
using OidcProvider.Throttling;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OidcProvider.Protocol.Handlers;

/// <summary>Compares the client's secret (RFC 6749 §2.3.1). Replaces the engine's step, which lets a secret be guessed for ever.</summary>
internal sealed class CheckClientSecret(ClientGuesses guesses) : IOpenIddictServerHandler<ProcessAuthenticationContext>
{
    public async ValueTask HandleAsync(ProcessAuthenticationContext context)
    {
        if (context.ClientSecret is { Length: > 0 } secret && CheckClient.Authenticates(context) && CheckClient.Entry(context.Transaction) is { } client && !client.Registered.Definition.IsPublic())
        {
            await guesses.JudgeAsync(context, client, secret);
        }
    }
}

/// <summary>
/// Judges presented secrets and bounds the wrong ones for each client and address (RFC 6749 §10.10). A wrong secret costs one
/// Argon2id whether the client exists and however its secret is kept; a right one costs no database.
/// </summary>
internal sealed class ClientGuesses(
    ClientSecrets secrets, UsageCounts usage, IServiceScopeFactory scopes, TimeProvider time, IOptions<ThrottlingOptions> options, ILogger<ClientGuesses> logger)
{
    private const int Capacity = 10_000;

    // Who is out of tries, until when: the next request is refused without asking the database.
    private readonly ConcurrentDictionary<string, DateTimeOffset> _exhausted = new(StringComparer.Ordinal);

    /// <param name="context">The request.</param>
    /// <param name="client">The client it names, or null when there is none of that name.</param>
    /// <param name="secret">What was presented.</param>
    public async ValueTask JudgeAsync(ProcessAuthenticationContext context, ClientEntry? client, string secret)
    {
        var http = context.Transaction.GetHttpRequest()!.HttpContext;
        if (!_exhausted.IsEmpty && _exhausted.TryGetValue(Key(context, http), out var until))
        {
            if (time.GetUtcNow() < until)
            {
                Exhausted(context, http, until);
                return;
            }

            _exhausted.TryRemove(Key(context, http), out _);
        }

        if (client is not null && await secrets.FindAsync(client, secret) is { } found && !client.Registered.Disabled)
        {
            usage.Count(client.Row.Id, UsageKinds.Secret, found.ToString());
            return;
        }

        if (client?.Row.ClientSecret is not { } hash || !Argon2id.IsPhc(hash))
        {
            await secrets.SpendAsync(secret);
        }

        await CountAsync(context, http, Key(context, http), client is null);
    }

    private static string Key(ProcessAuthenticationContext context, HttpContext http) =>
        Throttle.Key("client", $"{context.ClientId}\n{Throttle.Source(http.Connection.RemoteIpAddress)}");

    private async Task CountAsync(ProcessAuthenticationContext context, HttpContext http, string key, bool unknown)
    {
        await using var scope = scopes.CreateAsyncScope();
        var window = options.Value.ClientWindow;
        if (!await scope.ServiceProvider.GetRequiredService<Throttle>().TakeAsync(key, options.Value.ClientAttempts, window))
        {
            if (_exhausted.Count >= Capacity)
            {
                _exhausted.Clear();
            }

            Exhausted(context, http, _exhausted[key] = time.GetUtcNow() + window);
            return;
        }

        var reason = unknown ? "unknown_client" : "wrong_secret";
        logger.LogInformation("Client authentication failed: {Reason} [{RequestId}]", reason, RequestId.Of(http));
        // A made-up name is no subject of an audit trail, and would let a stranger fill it.
        if (!unknown)
        {
            await scope.ServiceProvider.GetRequiredService<AuditLog>().WriteAsync(AuditEvents.ClientAuthenticationFailed, context.ClientId, context.ClientId, context.ClientId, reason);
        }

        context.Reject(Errors.InvalidClient, "The client is unknown or its secret is wrong.");
    }

    private void Exhausted(ProcessAuthenticationContext context, HttpContext http, DateTimeOffset until)
    {
        http.Response.Headers.RetryAfter = Math.Max(1, (int)(until - time.GetUtcNow()).TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
        context.Reject(Errors.InvalidClient, "Too many wrong secrets from this address. Wait, then try again with the right one.");
    }
}
