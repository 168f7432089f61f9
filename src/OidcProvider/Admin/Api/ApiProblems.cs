using OidcProvider.Hosting;

namespace OidcProvider.Admin.Api;

/// <summary>One fault in an answer of the API.</summary>
internal sealed record ApiFault(string Code, string Message, string? Field);

/// <summary>
/// Failures as RFC 9457 problem details: <c>code</c> is stable and for programs, <c>detail</c> is for people, <c>errors</c> lists every fault
/// with the path of its field, <c>request_id</c> is what the log calls the request.
/// </summary>
internal static class ApiProblems
{
    public static Task WriteAsync(HttpContext context, int status, string code, string detail) => Answer(status, [new(code, detail)]).ExecuteAsync(context);

    /// <summary>Expected failures of an operation, under the status that fits their codes.</summary>
    public static IResult Of(IReadOnlyList<Problem> problems) => Answer(Status(problems[0].Code), problems);

    public static IResult Answer(int status, IReadOnlyList<Problem> problems) => new Written(status, problems);

    // Codes end alike on purpose: client_not_found, user_exists, scope_changed.
    private static int Status(string code) =>
        code.EndsWith("_not_found", StringComparison.Ordinal) ? StatusCodes.Status404NotFound
        : code.EndsWith("_exists", StringComparison.Ordinal) ? StatusCodes.Status409Conflict
        : code.EndsWith("_changed", StringComparison.Ordinal) ? StatusCodes.Status412PreconditionFailed
        : code.EndsWith("_forbidden", StringComparison.Ordinal) ? StatusCodes.Status403Forbidden
        : StatusCodes.Status422UnprocessableEntity;

    private sealed record Written(int Status, IReadOnlyList<Problem> Problems) : IResult, IStatusCodeHttpResult
    {
        int? IStatusCodeHttpResult.StatusCode => Status;

        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = Status;
            return httpContext.Response.WriteAsJsonAsync(
                new
                {
                    type = "about:blank", title = Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(Status), status = Status, code = Problems[0].Code,
                    detail = Problems[0].ToString(), errors = Problems.Select(problem => new ApiFault(problem.Code, problem.Message, problem.Field)), request_id = RequestId.Of(httpContext),
                },
                ApiJson.Options, "application/problem+json", httpContext.RequestAborted);
        }
    }
}
