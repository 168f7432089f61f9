using System.Net;
using System.Text.Json.Nodes;
using OidcProvider.Clients;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Cli.Remote;

/// <summary>
/// Tokens from a remote server for its own command line: the device grant (RFC 8628), refreshing (RFC 6749 §6), revocation (RFC 7009). Endpoints come from its
/// discovery document, which must belong to it (RFC 8414 §3.3).
/// </summary>
internal sealed class RemoteTokens(HttpClient http, Uri server, CliConsole console, TimeProvider time)
{
    private JsonNode? _metadata;

    /// <summary>Lets a person sign in on any browser and waits for them.</summary>
    /// <param name="fresh">Whether the server has asked for a sign-in of its own kind (RFC 9470): a session that is there already will not do.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<CachedTokens> SignInAsync(bool fresh, CancellationToken cancellation)
    {
        var (started, error) = await PostAsync("device_authorization_endpoint", [new("scope", CommandLineClient.Definition.Scope)], cancellation);
        if (started is null)
        {
            throw new RemoteFault(error!, error is Errors.InvalidClient ? "The server does not know the command line; set Admin:CommandLineClient." : "The server refused to begin a sign-in.");
        }

        Tell(started, fresh);
        var interval = TimeSpan.FromSeconds((int?)started["interval"] ?? 5);
        var end = time.GetUtcNow() + TimeSpan.FromSeconds((int)started["expires_in"]!);
        while (time.GetUtcNow() < end)
        {
            await Task.Delay(interval, time, cancellation);
            (var tokens, error) = await PostAsync("token_endpoint", [new("grant_type", GrantTypes.DeviceCode), new("device_code", (string?)started["device_code"])], cancellation);
            switch (error)
            {
                case null:
                    return Read(tokens!);
                case Errors.AuthorizationPending:
                    break;
                case Errors.SlowDown:
                    // RFC 8628 §3.5.
                    interval += TimeSpan.FromSeconds(5);
                    break;
                default:
                    throw new RemoteFault(error, error is Errors.AccessDenied ? "The sign-in was denied." : "The sign-in has expired or was refused; try again.");
            }
        }

        throw new RemoteFault(Errors.ExpiredToken, "Nobody signed in in time; try again.");
    }

    /// <summary>Null: the refresh token is worth nothing any more.</summary>
    public async Task<CachedTokens?> RefreshAsync(CachedTokens old, CancellationToken cancellation)
    {
        if (old.RefreshToken is null)
        {
            return null;
        }

        var (tokens, _) = await PostAsync("token_endpoint", [new("grant_type", GrantTypes.RefreshToken), new("refresh_token", old.RefreshToken)], cancellation);
        return tokens is null ? null : Read(tokens) is var read && read.RefreshToken is null ? read with { RefreshToken = old.RefreshToken } : read;
    }

    public Task RevokeAsync(CachedTokens tokens, CancellationToken cancellation) =>
        PostAsync("revocation_endpoint", [new("token", tokens.RefreshToken ?? tokens.AccessToken)], cancellation);

    public async Task<Uri> EndpointAsync(string name, CancellationToken cancellation)
    {
        if (_metadata is null)
        {
            using var answer = await http.GetAsync(new Uri(server, ".well-known/openid-configuration"), cancellation);
            var document = answer.IsSuccessStatusCode ? JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellation)) : null;
            if (((string?)document?["issuer"])?.TrimEnd('/') != server.AbsoluteUri.TrimEnd('/'))
            {
                throw new RemoteFault("wrong_server", $"{server} is not the issuer of an OidcProvider server{(document is null ? "" : $"; it calls itself {document["issuer"]}")}.");
            }

            _metadata = document;
        }

        return Uri.TryCreate((string?)_metadata![name], UriKind.Absolute, out var endpoint) && ServerAddress.IsSafe(endpoint)
            ? endpoint
            : throw new RemoteFault("wrong_server", $"{server} names no safe {name}.");
    }

    private void Tell(JsonNode started, bool fresh)
    {
        var complete = (string?)started["verification_uri_complete"];
        console.Say($"Sign in at {server.AbsoluteUri.TrimEnd('/')}:");
        if (fresh && complete is not null && Uri.TryCreate(complete, UriKind.Absolute, out var link))
        {
            console.Say($"  open       {new Uri(server, "login")}?reason=fresh&returnUrl={Uri.EscapeDataString(link.PathAndQuery)}");
        }
        else
        {
            console.Say($"  open       {started["verification_uri"]}");
            console.Say($"  or open    {complete}");
        }

        console.Say($"  code       {started["user_code"]}");
        console.Say("The page shows this code. Allow it only if it is the same.");
    }

    private CachedTokens Read(JsonNode tokens) => new(
        server.AbsoluteUri, (string)tokens["access_token"]!, (string?)tokens["refresh_token"], time.GetUtcNow() + TimeSpan.FromSeconds((int?)tokens["expires_in"] ?? 60));

    // RFC 6749 §5.2: 400 and 401 carry an error; anything else is no answer.
    private async Task<(JsonNode? Answer, string? Error)> PostAsync(string endpoint, List<KeyValuePair<string, string?>> form, CancellationToken cancellation)
    {
        form.Add(new("client_id", CommandLineClient.Id));
        using var content = new FormUrlEncodedContent(form);
        using var answer = await http.PostAsync(await EndpointAsync(endpoint, cancellation), content, cancellation);
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        if (answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized)
        {
            return (null, (string?)JsonNode.Parse(text)?["error"] ?? Errors.InvalidRequest);
        }

        return answer.IsSuccessStatusCode
            ? (text.Length == 0 ? new JsonObject() : JsonNode.Parse(text), null)
            : throw new RemoteFault("server_error", $"{server} answers {(int)answer.StatusCode}.");
    }
}
