using OidcProvider.Clients;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Protocol.Explain;

/// <summary>Whether the address to return to is a registered one, and if not, by what it misses the nearest (RFC 9700 §2.1: the exact string).</summary>
internal static class RedirectTopic
{
    public static readonly Topic Registered = new("The redirect URI is registered", [Errors.InvalidRequest], refusal =>
        refusal.Client is not { } client || refusal.Has(Parameters.RequestUri) ? null
        : Judge(Parameters.RedirectUri, refusal[Parameters.RedirectUri], client.Definition.RedirectUris, client.Definition.ApplicationType == ClientMetadata.Native)
          ?? (client.Definition.RedirectUris.Count == 1 ? null : Verdict.Failed("The request has no redirect_uri.", "Add redirect_uri with one of the registered addresses.")));

    public static readonly Topic AfterLogout = new("The address after sign-out is registered", [Errors.InvalidRequest], refusal => !refusal.Has(Parameters.PostLogoutRedirectUri) ? null
        : refusal.Client is { } client ? Judge(Parameters.PostLogoutRedirectUri, refusal[Parameters.PostLogoutRedirectUri], client.Definition.PostLogoutRedirectUris, client.Definition.ApplicationType == ClientMetadata.Native)
        : Verdict.Failed("post_logout_redirect_uri is not registered for any client, or the request does not say which client asks.", "Send client_id or id_token_hint, and register the address as a post_logout_redirect_uri of that client."));

    private static Verdict? Judge(string name, string? presented, IReadOnlyList<string> registered, bool native)
    {
        if (string.IsNullOrEmpty(presented))
        {
            return null;
        }

        if (registered.Any(uri => RedirectUris.Matches(uri, presented, native)))
        {
            return Verdict.Passed();
        }

        if (registered.Count == 0)
        {
            return Verdict.Failed($"The client has no {name} at all.", $"Register '{Shown(presented)}' on the client's page, if it belongs to the client.");
        }

        var near = registered.Select((uri, index) => (Number: index + 1, Uri: uri, By: Difference(uri, presented))).Where(entry => entry.By is not null).ToList();
        return near.Count > 0
            ? Verdict.Failed($"{name} differs from registered #{near[0].Number} by {near[0].By}.", $"Send exactly '{near[0].Uri}', or register '{Shown(presented)}' as well.")
            : Verdict.Failed($"{name} '{Shown(presented)}' is none of the {registered.Count} registered.", $"Send one of: {string.Join(", ", registered.Take(5))}; or register it, if it belongs to the client.");
    }

    /// <summary>The one thing by which two addresses differ, or null when they differ by more.</summary>
    public static string? Difference(string registered, string presented)
    {
        if (presented.Trim() == registered)
        {
            return "a space or line break at its end";
        }

        if (presented.TrimEnd('/') == registered.TrimEnd('/'))
        {
            return "a trailing slash";
        }

        if (string.Equals(presented, registered, StringComparison.OrdinalIgnoreCase))
        {
            return "upper and lower case";
        }

        return Uri.TryCreate(registered, UriKind.Absolute, out var known) && Uri.TryCreate(presented, UriKind.Absolute, out var asked) ? PartThatDiffers(known, asked) : null;
    }

    private static string? PartThatDiffers(Uri known, Uri asked)
    {
        List<string> parts = [];
        Compare(known.Scheme, asked.Scheme, $"its scheme ({asked.Scheme} instead of {known.Scheme})");
        Compare(known.Host, asked.Host, IsLoopback(known) && IsLoopback(asked) ? $"the name of this machine ({asked.Host} instead of {known.Host})" : $"its host ({asked.Host} instead of {known.Host})");
        if (known.Scheme == asked.Scheme)
        {
            Compare($"{known.Port}", $"{asked.Port}", $"its port ({asked.Port} instead of {known.Port})");
        }

        Compare(known.AbsolutePath, asked.AbsolutePath, $"its path ('{Shown(asked.AbsolutePath)}' instead of '{known.AbsolutePath}')");
        Compare(known.Query, asked.Query, known.Query.Length == 0 ? "a query that is not registered" : "its query");
        Compare(known.Fragment, asked.Fragment, "a fragment");
        return parts.Count == 1 ? parts[0] : null;

        void Compare(string one, string other, string by)
        {
            if (!string.Equals(one, other, StringComparison.Ordinal))
            {
                parts.Add(by);
            }
        }
    }

    private static bool IsLoopback(Uri uri) => uri.Host is "localhost" or "127.0.0.1" or "[::1]";

    private static string Shown(string uri) => Redaction.Printable(uri, 300);
}
