namespace OidcProvider.Admin.Api;

/// <summary>
/// What a route does beyond its types, for the OpenAPI document: said beside the handler that does it, so that whoever reads one sees the other.
/// </summary>
internal static class ApiMarks
{
    /// <summary>The answer carries an <c>ETag</c> (<see cref="Preconditions.WriteETag"/>).</summary>
    public static TBuilder ShowsVersion<TBuilder>(this TBuilder route) where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new VersionShown());

    /// <summary>The request must carry <c>If-Match</c> (<see cref="Preconditions.Refuse"/>).</summary>
    public static TBuilder AsksForVersion<TBuilder>(this TBuilder route) where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new VersionAsked());

    /// <summary>A request that is repeated with its <c>Idempotency-Key</c> gets the first answer again.</summary>
    public static TBuilder TakesIdempotencyKey<TBuilder>(this TBuilder route) where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new IdempotencyKeyTaken());
}

internal sealed record VersionShown;

internal sealed record VersionAsked;

internal sealed record IdempotencyKeyTaken;
