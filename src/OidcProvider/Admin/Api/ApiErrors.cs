using OidcProvider.Hosting;

namespace OidcProvider.Admin.Api;

/// <summary>Programs get problem details where people get the error page: for bugs, for what broke, for routes that do not exist.</summary>
internal sealed class ApiErrors(RequestDelegate next, ILogger<ApiErrors> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (!context.Request.Path.StartsWithSegments(ApiRoutes.Root))
        {
            await next(context);
            return;
        }

        try
        {
            await next(context);
        }
        catch (Exception fault) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            Faults.Begin(context, fault, logger);
        }

        if (!context.Response.HasStarted && context.Response is { StatusCode: >= 400, ContentLength: null, ContentType: null })
        {
            var (code, words) = Words(context.Response.StatusCode);
            await ApiProblems.WriteAsync(context, context.Response.StatusCode, code, words);
        }
    }

    private static (string Code, string Words) Words(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => ("invalid_token", "The request carries no access token."),
        StatusCodes.Status403Forbidden => ("access_denied", "You may not do this."),
        StatusCodes.Status404NotFound => ("route_not_found", "There is no such route or method; see /openapi/v1.json."),
        StatusCodes.Status413PayloadTooLarge => ("too_large", "The request is larger than this server accepts."),
        StatusCodes.Status415UnsupportedMediaType => ("unsupported_media_type", "Send application/json."),
        StatusCodes.Status503ServiceUnavailable => ("temporarily_unavailable", "A part of this service does not answer; try again in a moment."),
        >= 500 => ("server_error", "This is our fault, not yours."),
        _ => ("invalid_request", "The request cannot be processed."),
    };
}
