using System.Text.RegularExpressions;

namespace OidcProvider.Clients;

/// <summary>
/// Which addresses a client may register, and when a presented one is a registered one.
/// Pure; judged on the text as it was written, because what a parser repairs is what attackers use.
/// </summary>
internal static partial class RedirectUris
{
    public const int MaxLength = 2000;

    // Schemes a browser runs or opens by itself (attack A07); named so that the message can say so.
    private static readonly string[] Dangerous = ["javascript", "data", "vbscript", "file", "about", "blob", "filesystem", "view-source", "ws", "wss", "ftp", "mailto", "tel", "intent"];

    /// <summary>RFC 9700 §2.1: the registered string and no other; RFC 8252 §7.3: any port for a native client on a loopback address.</summary>
    public static bool Matches(string registered, string presented, bool native) =>
        string.Equals(registered, presented, StringComparison.Ordinal)
        || (native && LoopbackAddress().Match(registered) is { Success: true } known
            && LoopbackAddress().Match(presented) is { Success: true } asked
            && known.Groups["host"].ValueSpan.SequenceEqual(asked.Groups["host"].ValueSpan)
            && known.Groups["rest"].ValueSpan.SequenceEqual(asked.Groups["rest"].ValueSpan));

    /// <summary>What is wrong with an address that browsers are sent back to, or null.</summary>
    public static string? Fault(string uri, bool native)
    {
        if (TextFault(uri) is { } fault)
        {
            return fault;
        }

        var scheme = uri[..uri.IndexOf(':', StringComparison.Ordinal)];
        return scheme switch
        {
            "https" => WebFault(uri),
            "http" => WebFault(uri) ?? (IsLoopback(uri) ? null : "must use https; http is for 127.0.0.1, [::1] and localhost only"),
            _ when Dangerous.Contains(scheme, StringComparer.OrdinalIgnoreCase) => $"must not use the scheme {scheme}",
            _ => PrivateUseFault(uri, scheme, native),
        };
    }

    /// <summary>What is wrong with an address that is shown as a link or called by the server, or null.</summary>
    public static string? LinkFault(string uri)
    {
        if (TextFault(uri) is { } fault)
        {
            return fault;
        }

        return uri.StartsWith("https://", StringComparison.Ordinal) || uri.StartsWith("http://", StringComparison.Ordinal)
            ? WebFault(uri) ?? (uri.StartsWith("https:", StringComparison.Ordinal) || IsLoopback(uri) ? null : "must use https; http is for 127.0.0.1, [::1] and localhost only")
            : "must be an absolute https URL";
    }

    private static string? TextFault(string uri)
    {
        if (uri.Length is 0 or > MaxLength)
        {
            return uri.Length == 0 ? "must not be empty" : $"must have at most {MaxLength} characters";
        }

        if (uri.Any(c => c is <= ' ' or >= '\x7f'))
        {
            return "must not contain spaces, control characters or anything outside ASCII (percent-encode them)";
        }

        if (uri.IndexOfAny(['\\', '<', '>', '"', '^', '`', '{', '|', '}']) is var at && at >= 0)
        {
            return $"must not contain '{uri[at]}'";
        }

        // RFC 6749 §3.1.2: no fragment. A star is a wildcard in the writer's mind and a literal to us: refused before it surprises.
        return uri.Contains('#', StringComparison.Ordinal) ? "must not have a fragment"
            : uri.Contains('*', StringComparison.Ordinal) ? "must not contain a wildcard; every address is registered exactly"
            : !Scheme().IsMatch(uri) || !Uri.TryCreate(uri, UriKind.Absolute, out _) ? "must be an absolute URI"
            : HasDotSegment(uri) ? "must not contain the path segments '.' or '..'"
            : null;
    }

    private static string? WebFault(string uri)
    {
        var parsed = new Uri(uri);
        if (Authority().Match(uri) is not { Success: true } match)
        {
            return "must name a host";
        }

        var authority = match.Groups["authority"].Value;
        if (authority.Contains('@', StringComparison.Ordinal))
        {
            return "must not contain user information (user@host)";
        }

        // The parser turns 127.1, 2130706433 and RP.Example into something else; whoever compares text would be fooled.
        var host = PortSuffix().Replace(authority, "");
        return host.Length == 0 || host.EndsWith('.') || host.Contains('%', StringComparison.Ordinal) || host.Contains("..", StringComparison.Ordinal) ? "must name a plain host"
            : !string.Equals(host, parsed.Host, StringComparison.Ordinal) ? $"must write its host as '{parsed.Host}'"
            : null;
    }

    private static bool IsLoopback(string uri) => new Uri(uri).Host is "127.0.0.1" or "[::1]" or "localhost";

    private static string? PrivateUseFault(string uri, string scheme, bool native)
    {
        if (!native)
        {
            return "must use https; a scheme of its own is for application_type native";
        }

        // RFC 8252 §7.1: a reverse domain name, so that two apps do not claim the same scheme by accident.
        return !scheme.Contains('.', StringComparison.Ordinal) || scheme.EndsWith('.') ? "must use a scheme that is a reverse domain name, for example com.example.app"
            : scheme.Any(char.IsAsciiLetterUpper) ? "must write its scheme in lower case"
            : uri.Length == scheme.Length + 1 ? "must have a path, for example com.example.app:/callback"
            : Authority().Match(uri).Groups["authority"].Value.Contains('@', StringComparison.Ordinal) ? "must not contain user information (user@host)"
            : null;
    }

    private static bool HasDotSegment(string uri)
    {
        var end = uri.IndexOf('?', StringComparison.Ordinal);
        return (end < 0 ? uri : uri[..end]).Split('/').Any(segment => segment.Replace("%2e", ".", StringComparison.OrdinalIgnoreCase) is "." or "..");
    }

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9+.\-]*:", RegexOptions.CultureInvariant)]
    private static partial Regex Scheme();

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9+.\-]*://(?<authority>[^/?#]*)", RegexOptions.CultureInvariant)]
    private static partial Regex Authority();

    [GeneratedRegex(@":[0-9]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex PortSuffix();

    // RFC 8252 §8.3: only the IP literals; "localhost" may resolve to something else.
    [GeneratedRegex(@"\Ahttp://(?<host>127\.0\.0\.1|\[::1\])(?::(?<port>[1-9][0-9]{0,4}))?(?<rest>(?:[/?].*)?)\z", RegexOptions.CultureInvariant)]
    private static partial Regex LoopbackAddress();
}
