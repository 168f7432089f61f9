using System.Diagnostics;
using Microsoft.AspNetCore.Diagnostics;
using OidcProvider.Protocol.Explain;
using OidcProvider.Telemetry;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Protocol;

/// <summary>
/// What holds for every protocol endpoint before anything else is looked at: no parameter twice (RFC 6749 §3.1, §3.2), machine
/// endpoints by POST with a form only, nothing secret in their query, sizes within bounds.
/// </summary>
internal sealed class RequestShape(RequestDelegate next, RefusalQueue refusals, Measurements measurements, ILogger<RequestShape> logger)
{
    private const int MaxValueLength = 8 * 1024;
    private static readonly string[] MachineEndpoints = ["token", "introspect", "revoke", "device", "par"];

    // RFC 8707 §2 lets these appear several times.
    private static readonly HashSet<string> Repeatable = new(StringComparer.Ordinal) { Parameters.Resource, Parameters.Audience };

    public async Task InvokeAsync(HttpContext context)
    {
        if (!context.Request.Path.StartsWithSegments("/connect", out var rest) || rest.Value?.Trim('/') is not { Length: > 0 } endpoint)
        {
            await next(context);
            return;
        }

        // Whatever routing takes for the endpoint: another case, a slash at the end.
        var machine = MachineEndpoints.Contains(endpoint, StringComparer.OrdinalIgnoreCase);
        var userInfo = endpoint.Equals("userinfo", StringComparison.OrdinalIgnoreCase);
        if (userInfo && HttpMethods.IsPost(context.Request.Method) && string.IsNullOrEmpty(context.Request.ContentType))
        {
            // OpenID Connect Core 1.0 §5.3.1: a POST with the token in the header has nothing to put into a body.
            context.Request.ContentType = "application/x-www-form-urlencoded";
        }

        if ((machine || userInfo) && context.Features.Get<IStatusCodePagesFeature>() is { } pages)
        {
            // Programs are answered in JSON and headers, never with a page.
            pages.Enabled = false;
        }

        if (machine && !HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.Headers.Allow = HttpMethods.Post;
            await RefuseAsync(context, StatusCodes.Status405MethodNotAllowed, "This endpoint takes POST requests.");
            return;
        }

        if (machine && !context.Request.HasFormContentType)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "The parameters must be sent as application/x-www-form-urlencoded in the body.");
            return;
        }

        // RFC 6749 §3.2, RFC 6750 §2.3: what is secret has no place in a URL.
        var fault = (machine || userInfo) && context.Request.QueryString.HasValue
            ? "Parameters must not be sent in the query of this endpoint."
            : await FaultAsync(context.Request);
        if (fault is null)
        {
            var began = Stopwatch.GetTimestamp();
            await next(context);
            if (endpoint.Equals("token", StringComparison.OrdinalIgnoreCase))
            {
                measurements.TokenAnswered(context.Request.Form[Parameters.GrantType], context.Response.StatusCode == StatusCodes.Status200OK, began);
            }

            return;
        }

        await RefuseAsync(context, context.Response.StatusCode is StatusCodes.Status413PayloadTooLarge ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status400BadRequest, fault, machine || userInfo);
    }

    private static async Task<string?> FaultAsync(HttpRequest request)
    {
        IEnumerable<KeyValuePair<string, Microsoft.Extensions.Primitives.StringValues>> parameters = request.Query;
        if (request.HasFormContentType)
        {
            try
            {
                parameters = parameters.Concat(await request.ReadFormAsync(request.HttpContext.RequestAborted));
            }
            catch (BadHttpRequestException fault) when (fault.StatusCode == StatusCodes.Status413PayloadTooLarge)
            {
                request.HttpContext.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
                return "The request body is too large.";
            }
            catch (Exception fault) when (fault is InvalidDataException or BadHttpRequestException)
            {
                return "The form cannot be read.";
            }
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, values) in parameters)
        {
            if (!Repeatable.Contains(name) && (values.Count > 1 || !seen.Add(name)))
            {
                return $"The parameter '{Printable(name)}' was sent more than once.";
            }

            foreach (var value in values)
            {
                if (value?.Length > MaxValueLength)
                {
                    return $"The parameter '{Printable(name)}' is too long.";
                }

                if (value?.Contains('\0', StringComparison.Ordinal) == true)
                {
                    return $"The parameter '{Printable(name)}' has a character that is not allowed.";
                }
            }
        }

        return null;
    }

    private async Task RefuseAsync(HttpContext context, int status, string description, bool machine = true)
    {
        logger.LogInformation("Refused {Method} {Path}: {Error} ({Reason}) [{RequestId}]", context.Request.Method, context.Request.Path.Value, Errors.InvalidRequest, description, context.TraceIdentifier);
        refusals.AddMalformed(context, Errors.InvalidRequest, description);
        context.Response.StatusCode = status;
        if (machine)
        {
            await context.Response.WriteAsJsonAsync(new { error = Errors.InvalidRequest, error_description = description });
            return;
        }

        // For people: the status code page takes over, with these words.
        context.Items[Hosting.ErrorModel.NoticeKey] = Hosting.ErrorNotice.Of(context, "error.request", Errors.InvalidRequest, description);
    }

    // RFC 6749 §5.2 allows only these characters in error_description.
    private static string Printable(string name) => new([.. name.Take(40).Where(character => character is >= ' ' and <= '~' and not '"' and not '\\' and not '\'')]);
}
