using System.Text.Json;
using OidcProvider.Hosting;
using OidcProvider.Keys;

namespace OidcProvider.Admin.Doctor;

/// <summary>Whether clients reach the server under its name, through proxy and TLS, and find its keys.</summary>
internal sealed class AddressExamination(IssuerUri issuer, KeyDesk keys, IHttpClientFactory clients) : IExamination
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async IAsyncEnumerable<Finding> LookAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var url = $"{issuer.Value.TrimEnd('/')}/.well-known/openid-configuration";
        var (metadata, fault) = await ReadAsync(url, cancellation);
        using (metadata)
        {
            if (metadata is null)
            {
                yield return Finding.Warning("issuer", $"{issuer.Value} does not answer ({fault})", "If the server runs: check DNS, the certificate and the proxy (X-Forwarded-Proto, Hosting:KnownProxies).");
                yield break;
            }

            var said = metadata.RootElement.TryGetProperty("issuer", out var value) ? value.GetString() : null;
            if (said != issuer.Value)
            {
                yield return Finding.Fault("issuer", $"{url} belongs to {said ?? "something else"}", "Issuer must be the address that clients use.");
                yield break;
            }

            yield return Finding.Ok("issuer", $"{issuer.Value} answers");
            yield return await KeysAsync(metadata.RootElement.GetProperty("jwks_uri").GetString()!, cancellation);
        }
    }

    private async Task<Finding> KeysAsync(string url, CancellationToken cancellation)
    {
        var (document, fault) = await ReadAsync(url, cancellation);
        using (document)
        {
            if (document is null)
            {
                return Finding.Fault("JWKS", $"{url} does not answer ({fault})", "Let the proxy pass /.well-known/jwks.json: without keys no client can verify a token.");
            }

            var published = document.RootElement.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("kid").GetString()).ToHashSet();
            var missing = (await keys.ListAsync(cancellation)).Where(key => key is { Phase: "signing", Use: "sig" } && !published.Contains(key.Kid)).Select(key => key.Algorithm).ToList();
            return missing.Count == 0
                ? Finding.Ok("JWKS", $"{published.Count} keys published")
                : Finding.Fault("JWKS", $"the key that signs with {string.Join(", ", missing)} is not published there", "Something caches /.well-known/jwks.json for too long, or the address leads to another installation.");
        }
    }

    private async Task<(JsonDocument? Document, string? Fault)> ReadAsync(string url, CancellationToken cancellation)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(Patience);
            using var http = clients.CreateClient();
            return (JsonDocument.Parse(await http.GetStringAsync(new Uri(url), limit.Token)), null);
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException or JsonException && !cancellation.IsCancellationRequested)
        {
            return (null, fault.Message.ReplaceLineEndings(" "));
        }
    }
}
