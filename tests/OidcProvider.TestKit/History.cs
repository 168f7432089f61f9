using System.Collections.Concurrent;
using System.Net;

namespace OidcProvider.TestKit;

/// <summary>One thing a client did and what it was told. <see cref="Outcome"/> is null when no answer came: it may have happened or not.</summary>
public sealed record Operation(string Kind, string Presented, long Began, long Ended, HttpStatusCode? Outcome, string? Error, string? RefreshToken, string? AccessToken)
{
    public bool Succeeded => Outcome is HttpStatusCode.OK;
}

/// <summary>
/// Everything that was done to one grant, and afterwards which of the tokens it handed out still work. The rules below decide
/// whether that can have been; they know nothing of how the server works.
/// </summary>
public sealed class History
{
    private readonly ConcurrentQueue<Operation> _operations = new();

    public IReadOnlyList<Operation> Operations => [.. _operations];

    /// <summary>Refresh tokens that worked when they were tried after the last operation.</summary>
    public IReadOnlyCollection<string> LiveRefreshTokens { get; set; } = [];

    /// <summary>Access tokens that introspection calls active after the last operation.</summary>
    public IReadOnlyCollection<string> LiveAccessTokens { get; set; } = [];

    public async Task<Answer?> RecordAsync(string kind, string presented, Func<Task<Answer>> act)
    {
        ArgumentNullException.ThrowIfNull(act);
        var began = Environment.TickCount64;
        try
        {
            var answer = await act();
            _operations.Enqueue(new Operation(kind, presented, began, Environment.TickCount64, answer.Status, answer.Error, answer["refresh_token"], answer["access_token"]));
            return answer;
        }
        catch (HttpRequestException)
        {
            _operations.Enqueue(new Operation(kind, presented, began, Environment.TickCount64, null, null, null, null));
            return null;
        }
    }

    /// <summary>What is wrong with the history, in words; nothing when it is sound.</summary>
    public IEnumerable<string> Faults()
    {
        var all = Operations;
        foreach (var broken in all.Where(operation => operation.Outcome >= HttpStatusCode.InternalServerError))
        {
            yield return $"{broken.Kind} was answered with {(int)broken.Outcome!}";
        }

        // RFC 6749 §4.1.2, RFC 8628 §3.5: a code is good for one answer.
        foreach (var code in all.Where(operation => operation.Kind is "code" or "device" && operation.Succeeded).GroupBy(operation => operation.Presented).Where(group => group.Count() > 1))
        {
            yield return $"one {code.First().Kind} was redeemed {code.Count()} times";
        }

        // A code that was presented more than once has been seen by two parties: what came of it is void.
        foreach (var code in all.Where(operation => operation.Kind == "code").GroupBy(operation => operation.Presented).Where(group => group.Count(operation => operation.Outcome is not null) > 1 && LiveRefreshTokens.Count + LiveAccessTokens.Count > 0))
        {
            yield return $"a code was presented {code.Count()} times and {LiveRefreshTokens.Count + LiveAccessTokens.Count} of its tokens still live";
        }

        // RFC 9700 §4.14.2: a refresh token has one successor, however often it was asked for.
        foreach (var token in all.Where(operation => operation.Kind == "refresh" && operation.Succeeded).GroupBy(operation => operation.Presented))
        {
            var branches = token.Select(operation => operation.RefreshToken).Distinct().Count();
            if (branches > 1)
            {
                yield return $"a refresh token was exchanged for {branches} different successors";
            }
        }

        if (LiveRefreshTokens.Count > 1)
        {
            yield return $"{LiveRefreshTokens.Count} branches live";
        }

        // RFC 7009 §2.1: what was acknowledged as revoked is dead, and so is all that was issued beside it.
        if (all.Any(operation => operation.Kind == "revoke" && operation.Succeeded) && LiveRefreshTokens.Count + LiveAccessTokens.Count > 0)
        {
            yield return $"{LiveRefreshTokens.Count} refresh and {LiveAccessTokens.Count} access tokens live after the revocation was acknowledged";
        }
    }

    /// <summary>Tries every token that was handed out, once all is quiet.</summary>
    /// <param name="client">The client they were handed to.</param>
    /// <param name="access">Whether to ask about access tokens too, of which a race of refreshes hands out many.</param>
    public async Task SettleAsync(RelyingParty client, bool access = true)
    {
        ArgumentNullException.ThrowIfNull(client);
        List<string> liveAccess = [], refresh = [];
        foreach (var token in Operations.Select(operation => operation.AccessToken).OfType<string>().Distinct().Where(_ => access))
        {
            if ((await client.IntrospectAsync(token))["active"] == "true")
            {
                liveAccess.Add(token);
            }
        }

        foreach (var token in Operations.Select(operation => operation.RefreshToken).OfType<string>().Distinct())
        {
            if ((await client.RefreshAsync(token)).Status is HttpStatusCode.OK)
            {
                refresh.Add(token);
            }
        }

        (LiveAccessTokens, LiveRefreshTokens) = (liveAccess, refresh);
    }
}
