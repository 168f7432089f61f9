using System.Data.Common;
using System.Net.Sockets;

namespace OidcProvider.Hosting;

/// <summary>
/// The last line: a bug becomes 500, a broken dependency 503 with <c>Retry-After</c>; never <c>invalid_grant</c>, on which clients
/// would throw good tokens away. Protocol endpoints answer in JSON, pages with the error page; neither says what broke.
/// </summary>
internal sealed class Faults(RequestDelegate next, ILogger<Faults> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller went away; there is nobody to answer.
        }
        catch (Exception fault) when (!context.Response.HasStarted)
        {
            await AnswerAsync(context, fault);
        }
    }

    /// <summary>Logs the failure and begins the answer: status, request id, <c>Retry-After</c>. The body is for the caller.</summary>
    public static int Begin(HttpContext context, Exception fault, ILogger logger)
    {
        var tooLarge = fault is BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge };
        var status = tooLarge ? StatusCodes.Status413PayloadTooLarge
            : fault is BadHttpRequestException bad ? bad.StatusCode
            // A form that cannot be read, for instance with a NUL in it.
            : context.Request.HasFormContentType && Among(fault, inner => inner is InvalidDataException) ? StatusCodes.Status400BadRequest
            : IsDependency(fault) ? StatusCodes.Status503ServiceUnavailable
            : StatusCodes.Status500InternalServerError;
        if (status >= 500)
        {
            logger.LogError(fault, "{Method} {Path} failed with {Status} [{RequestId}]", context.Request.Method, context.Request.Path.Value, status, context.TraceIdentifier);
        }
        else if (status == StatusCodes.Status400BadRequest)
        {
            logger.LogInformation("{Method} {Path} could not be read: {Reason} [{RequestId}]", context.Request.Method, context.Request.Path.Value, fault.Message, context.TraceIdentifier);
        }

        // What the failed attempt put into the answer must not go out with the error.
        var requestId = RequestId.Of(context);
        context.Response.Clear();
        context.Response.Headers[RequestId.Header] = requestId;
        context.Response.StatusCode = status;
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = "5";
        }

        return status;
    }

    private async Task AnswerAsync(HttpContext context, Exception fault)
    {
        var status = Begin(context, fault, logger);
        if (context.Request.Path.StartsWithSegments("/connect") && !HttpMethods.IsGet(context.Request.Method))
        {
            await context.Response.WriteAsJsonAsync(new { error = status == StatusCodes.Status503ServiceUnavailable ? "temporarily_unavailable" : status >= 500 ? "server_error" : "invalid_request" });
            return;
        }

        // Anything else has no body yet: the status code pages around this show the error page.
    }

    private static bool IsDependency(Exception fault) => Among(fault, inner => inner is DbException or SocketException or TimeoutException);

    private static bool Among(Exception? fault, Func<Exception, bool> matches)
    {
        for (; fault is not null; fault = fault.InnerException)
        {
            if (matches(fault))
            {
                return true;
            }
        }

        return false;
    }
}
