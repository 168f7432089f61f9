using Microsoft.Net.Http.Headers;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Api;

/// <summary>
/// Optimistic concurrency (RFC 9110 §13.1.1): reading gives an <c>ETag</c>, changing asks for it in <c>If-Match</c>, so that nobody overwrites what
/// they have not seen.
/// </summary>
internal static class Preconditions
{
    public static void WriteETag(this HttpContext context, string version) => context.Response.Headers.ETag = new EntityTagHeaderValue($"\"{version}\"").ToString();

    /// <summary>Null: go on. Otherwise the refusal: 428 when nothing was given (RFC 6585 §3), 412 when it is not this version.</summary>
    public static IResult? Refuse(this HttpContext context, string version)
    {
        var given = context.Request.GetTypedHeaders().IfMatch;
        if (given.Count == 0)
        {
            return ApiProblems.Answer(StatusCodes.Status428PreconditionRequired, [new Problem("precondition_required", "Send the ETag of what you read in If-Match.")]);
        }

        return given.Any(tag => tag.Tag == "*" || tag.Tag == $"\"{version}\"")
            ? null
            : ApiProblems.Answer(StatusCodes.Status412PreconditionFailed, [new Problem("version_changed", "It was changed by someone else meanwhile; read it again and retry.")]);
    }
}
