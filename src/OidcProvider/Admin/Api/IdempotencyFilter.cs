using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;
using OidcProvider.Hosting;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Admin.Api;

/// <summary>The text of a request's body, so that a filter can tell one from another.</summary>
internal interface IRequestBody
{
    string Text { get; }
}

/// <summary>
/// Makes a request that carries an <c>Idempotency-Key</c> happen once (draft-ietf-httpapi-idempotency-key-header): the operation and its answer
/// commit together, so the same request again, even at the same time or after a crash, gets the same answer. Only success is kept; what was
/// refused may be corrected and sent again. Put <c>Idempotent()</c> on a route whose work happens in the request's database context.
/// </summary>
internal sealed class IdempotencyFilter(AppDbContext database, MasterKeySource master, IEnumerable<IHeldInMemory> held, TimeProvider time) : IEndpointFilter
{
    public const string Header = "Idempotency-Key", Replayed = "Idempotency-Replayed", Reused = "idempotency_key_reused", Conflict = "write_conflict";

    private const string Purpose = "idempotent-answer";
    private const int LongestKey = 255;

    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);
    private static readonly string[] KeptHeaders = ["Location", "ETag", "Content-Type"];

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (http.Request.Headers[Header] is not [{ } key])
        {
            return http.Request.Headers[Header].Count == 0 ? await next(context) : ApiProblems.Answer(StatusCodes.Status400BadRequest, [new Problem("invalid_idempotency_key", "Send one Idempotency-Key.")]);
        }

        if (key.Length is 0 or > LongestKey || key.Any(character => character is < ' ' or > '~'))
        {
            return ApiProblems.Answer(StatusCodes.Status400BadRequest, [new Problem("invalid_idempotency_key", $"An Idempotency-Key has 1 to {LongestKey} printable characters.")]);
        }

        var id = Hash($"{http.User.FindFirst(Claims.Subject)?.Value}\n{http.Request.Method} {http.Request.Path}\n{key}");
        var request = Hash(context.Arguments.OfType<IRequestBody>().FirstOrDefault()?.Text ?? "");
        if (await FindAsync(id, http.RequestAborted) is { } earlier)
        {
            return Repeat(earlier, request);
        }

        return await OnceAsync(context, next, id, request);
    }

    private async Task<IResult> OnceAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next, string id, string request)
    {
        var http = context.HttpContext;
        await using var transaction = await database.Database.BeginTransactionAsync(http.RequestAborted);
        var now = time.GetUtcNow().UtcDateTime;
        await database.IdempotentAnswers.Where(old => old.Id == id && old.ExpiresAt <= now).ExecuteDeleteAsync(http.RequestAborted);
        var row = new IdempotentAnswer { Id = id, RequestHash = request, ExpiresAt = now + Kept };
        database.IdempotentAnswers.Add(row);
        try
        {
            // Whoever comes second waits here until the first one is done.
            await database.SaveChangesAsync(http.RequestAborted);
        }
        catch (DbUpdateException)
        {
            database.ChangeTracker.Clear();
            await transaction.RollbackAsync(http.RequestAborted);
            return await FindAsync(id, http.RequestAborted) is { } earlier ? Repeat(earlier, request) : Overlap();
        }

        Answer answer;
        try
        {
            answer = await RecordAsync(http, await next(context));
        }
        catch (DbUpdateException)
        {
            database.ChangeTracker.Clear();
            return Overlap();
        }

        if (answer.Status is < 200 or > 299)
        {
            return answer;
        }

        // Changes that the operation tracked and did not save would be its own fault; this saves the answer.
        await database.IdempotentAnswers.Where(kept => kept.Id == id)
            .ExecuteUpdateAsync(update => update.SetProperty(kept => kept.SealedAnswer, master.Key.Seal(JsonSerializer.SerializeToUtf8Bytes(answer), Purpose)), http.RequestAborted);
        await transaction.CommitAsync(http.RequestAborted);
        foreach (var memory in held)
        {
            await memory.RefreshAsync(http.RequestAborted);
        }

        return answer;
    }

    private Task<IdempotentAnswer?> FindAsync(string id, CancellationToken cancellation)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return database.IdempotentAnswers.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id && row.ExpiresAt > now && row.SealedAnswer != null, cancellation);
    }

    private IResult Repeat(IdempotentAnswer earlier, string request) => earlier.RequestHash == request
        ? JsonSerializer.Deserialize<Answer>(master.Key.Open(earlier.SealedAnswer, Purpose))! with { IsRepeated = true }
        : ApiProblems.Answer(StatusCodes.Status422UnprocessableEntity, [new Problem(Reused, "This Idempotency-Key was used for another request.")]);

    private static IResult Overlap() => ApiProblems.Answer(StatusCodes.Status409Conflict, [new Problem(Conflict, "Another request changed the same thing at the same time; send it again.")]);

    private static async Task<Answer> RecordAsync(HttpContext http, object? result)
    {
        var body = http.Response.Body;
        using var written = new MemoryStream();
        http.Response.Body = written;
        try
        {
            await (result as IResult ?? Results.Json(result, ApiJson.Options)).ExecuteAsync(http);
        }
        finally
        {
            http.Response.Body = body;
        }

        return new Answer(http.Response.StatusCode, KeptHeaders.Where(http.Response.Headers.ContainsKey).ToDictionary(name => name, name => http.Response.Headers[name].ToString()), written.ToArray());
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private sealed record Answer(int Status, Dictionary<string, string> Headers, byte[] Content) : IResult
    {
        public bool IsRepeated { get; init; }

        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.StatusCode = Status;
            foreach (var (name, value) in Headers)
            {
                response.Headers[name] = value;
            }

            if (IsRepeated)
            {
                response.Headers[Replayed] = "true";
            }

            response.ContentLength = Content.Length;
            await response.Body.WriteAsync(Content, httpContext.RequestAborted);
        }
    }
}

/// <summary>How a route says so.</summary>
internal static class IdempotencyRoutes
{
    public static RouteHandlerBuilder Idempotent(this RouteHandlerBuilder route) =>
        route.AddEndpointFilter((context, next) => ActivatorUtilities.CreateInstance<IdempotencyFilter>(context.HttpContext.RequestServices).InvokeAsync(context, next)).TakesIdempotencyKey();
}
