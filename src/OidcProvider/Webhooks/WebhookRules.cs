using System.Net;
using OidcProvider.Audit;
using OidcProvider.Hosting;

namespace OidcProvider.Webhooks;

/// <summary>What a webhook is asked to be. A new one without a secret gets one from the server.</summary>
internal sealed record WebhookRequest(string? Url, string? Description, IReadOnlyList<string> Events, string? Secret = null)
{
    // A secret must not reach a log through a careless interpolation.
    public override string ToString() => Url ?? "";
}

/// <summary>What a webhook may be. Pure; what a name leads to is judged when it is called (<see cref="Callouts"/>).</summary>
internal static class WebhookRules
{
    public const string Invalid = "invalid_webhook";

    public static List<Problem> Check(WebhookRequest asked, bool loopback, IReadOnlyList<IPNetwork> allowed)
    {
        List<Problem> problems = [];
        if (UrlFault(asked.Url, loopback, allowed) is { } fault)
        {
            problems.Add(new(Invalid, fault, "url"));
        }

        if (asked.Description is { Length: > 200 } || asked.Description?.Any(char.IsControl) == true)
        {
            problems.Add(new(Invalid, "must have at most 200 characters and no control characters", "description"));
        }

        if (asked.Secret is { } secret && WebhookSecrets.Read(secret) is null)
        {
            problems.Add(new(Invalid, $"must be {WebhookSignature.SecretMark} and the base64 of 24 to 64 bytes", "secret"));
        }

        if (asked.Events.Count is 0 or > 40)
        {
            problems.Add(new(Invalid, "must name at least one event", "events"));
        }

        problems.AddRange(asked.Events.Where(pattern => !EventKinds.IsPattern(pattern))
            .Select(pattern => new Problem(Invalid, $"'{pattern}' is neither an event, nor one of {string.Join(", ", EventKinds.Kinds.Keys.Select(kind => kind + ".*"))}, nor *", "events")));
        return problems;
    }

    private static string? UrlFault(string? text, bool loopback, IReadOnlyList<IPNetwork> allowed)
    {
        if (text is null or { Length: 0 or > 2000 } || !Uri.TryCreate(text, UriKind.Absolute, out var url) || !(url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp))
        {
            return "must be an https address";
        }

        if (url.UserInfo.Length > 0 || url.Fragment.Length > 0)
        {
            return "must have neither a user name nor a fragment";
        }

        // Uri has normalised what dresses up as a name: 0x7f.1, 2130706433.
        var literal = IPAddress.TryParse(url.IdnHost.Trim('[', ']'), out var address) ? address : null;
        var own = literal is not null ? IPAddress.IsLoopback(literal) : url.IdnHost is "localhost" || url.IdnHost.EndsWith(".localhost", StringComparison.Ordinal);
        if (own)
        {
            return loopback ? null : "must not lead to this machine (Protocol:AllowLoopbackCallouts allows it for development)";
        }

        return url.Scheme != Uri.UriSchemeHttps ? "must use https"
            : literal is not null && !Callouts.May(literal, loopback, allowed) ? "must not lead to a private or link-local address"
            : null;
    }
}
