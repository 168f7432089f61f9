using Microsoft.AspNetCore;
using OidcProvider.Hosting;
using OidcProvider.Protocol.Explain;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OidcProvider.Protocol.Handlers;

/// <summary>
/// Writes one log line for every refused request, with the reason and never a token, code or secret; and the words for the error
/// page when the refusal cannot go to the client. What it takes to explain the refusal goes into a queue.
/// </summary>
internal sealed class ReportRefusal<TContext>(ILogger<ReportRefusal> logger, RefusalQueue refusals) : IOpenIddictServerHandler<TContext> where TContext : BaseRequestContext
{
    public ValueTask HandleAsync(TContext context)
    {
        var response = context.Transaction.Response;
        if (response is not { Error: { Length: > 0 } error } || context.Transaction.GetHttpRequest()?.HttpContext is not { } http)
        {
            return ValueTask.CompletedTask;
        }

        // The engine's own documentation is not ours to send people to.
        response.ErrorUri = null;
        logger.LogInformation(
            "Refused {Endpoint} request of client {ClientId}: {Error} ({Reason}) [{RequestId}]",
            context.EndpointType, Line(context.Transaction.Request?.ClientId), error, Line(response.ErrorDescription), RequestId.Of(http));
        refusals.Add(http, context.Transaction.Request, error, response.ErrorDescription);
        http.Items[ErrorModel.NoticeKey] = ErrorNotice.Of(http, Words(error, response.ErrorDescription), error, Line(response.ErrorDescription));
        return ValueTask.CompletedTask;
    }

    private static string Words(string error, string? description) => error switch
    {
        Errors.InvalidRequest or Errors.InvalidRequestUri when description?.Contains("redirect_uri", StringComparison.Ordinal) == true => "error.redirect",
        Errors.InvalidRequest when description?.Contains("client", StringComparison.Ordinal) == true && !description.Contains("redirect", StringComparison.Ordinal) => "error.unknown_app",
        Errors.InvalidClient or Errors.UnauthorizedClient => "error.unknown_app",
        Errors.InvalidToken or Errors.ExpiredToken => "error.expired",
        Errors.AccessDenied => "error.denied",
        _ => "error.request",
    };

    // What a client sends must not be able to begin a line of its own in the log.
    private static string? Line(string? text) => text is null ? null : new string([.. text.Take(300).Select(character => char.IsControl(character) ? ' ' : character)]);
}

/// <summary>Names the log category.</summary>
internal sealed class ReportRefusal;
