namespace OidcProvider.Hosting;

/// <summary>Names each request: in the <c>X-Request-Id</c> header, on error pages, in the log and in the audit trail.</summary>
internal static class RequestId
{
    public const string Header = "X-Request-Id";

    /// <summary>Ours always, never the caller's: a client could otherwise write into the log under another request's name.</summary>
    public static string Of(HttpContext context) => context.TraceIdentifier;

    public static IApplicationBuilder UseRequestIds(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        context.TraceIdentifier = Guid.CreateVersion7().ToString("N")[12..];
        context.Response.Headers[Header] = context.TraceIdentifier;
        return next(context);
    });
}
