using OidcProvider.Clients;

namespace OidcProvider.Protocol.Explain;

/// <summary>A refused request with everything an explanation may depend on, and nothing else.</summary>
internal sealed record Refusal
{
    public required string Id { get; init; }

    public required DateTime At { get; init; }

    /// <summary>The last part of the endpoint's path: <c>authorize</c>, <c>token</c>, …</summary>
    public required string Endpoint { get; init; }

    public string Method { get; init; } = "POST";

    public string? ClientId { get; init; }

    /// <summary>The client as it was registered when the request was explained; null when there is none of that name.</summary>
    public RegisteredClient? Client { get; init; }

    /// <summary>How the client proved itself, in the words of <c>token_endpoint_auth_method</c>; null where clients do not.</summary>
    public string? Authentication { get; init; }

    /// <summary>A secret came both in the header and in the body (RFC 6749 §2.3: one method a request).</summary>
    public bool TwoSecrets { get; init; }

    /// <summary>As sent, secrets included: they leave this record only through <see cref="Redaction"/>.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    public required string Error { get; init; }

    public string? Description { get; init; }

    /// <summary>Turned away before the protocol was looked at: wrong method, twice the same parameter.</summary>
    public bool Malformed { get; init; }

    /// <summary>Every scope this server knows.</summary>
    public IReadOnlySet<string> KnownScopes { get; init; } = new HashSet<string>();

    public string? this[string name] => Parameters.GetValueOrDefault(name);

    public bool Has(string name) => this[name] is { Length: > 0 };

    public bool Says(string words) => Description?.Contains(words, StringComparison.Ordinal) == true;

    // What is secret must not reach a log through a careless interpolation.
    public override string ToString() => $"{Endpoint} {Error} [{Id}]";
}

/// <summary>How a request fared at one check. Failed when there is a fix.</summary>
internal sealed record Verdict(string? Detail, string? Fix)
{
    public static Verdict Passed(string? detail = null) => new(detail, null);

    public static Verdict Failed(string cause, string fix) => new(cause, fix);

    public bool IsFailure => Fix is not null;
}

/// <summary>
/// One check of an endpoint. It can only be the reason when the refusal carries one of <paramref name="Errors"/>; any other fault it finds is noted.
/// </summary>
/// <param name="Name">What people read.</param>
/// <param name="Errors">The error codes it refuses with.</param>
/// <param name="Judge">The verdict, or null when the check does not concern this request.</param>
internal sealed record Topic(string Name, IReadOnlyList<string> Errors, Func<Refusal, Verdict?> Judge);
