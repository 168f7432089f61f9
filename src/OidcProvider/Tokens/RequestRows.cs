using OidcProvider.Data;

namespace OidcProvider.Tokens;

/// <summary>A code or refresh token as it was presented: its row, and the grant it hangs on.</summary>
internal sealed record PresentedToken(
    Guid Id, string? Type, string? Status, string? Payload, DateTime? CreatedAt, DateTime? ExpiresAt, Guid? Grant, string? GrantStatus, DateTime? GrantedAt);

/// <summary>
/// The rows that one request has read or made. What it made is written by <see cref="CommitIssue"/>, in the transaction that uses up
/// what was presented.
/// </summary>
internal sealed class RequestRows
{
    public PresentedToken? Presented { get; set; }

    public Authorization? Grant { get; set; }

    public List<Token> Tokens { get; } = [];

    /// <summary>Writes what was made, once.</summary>
    public async Task WriteAsync(AppDbContext database)
    {
        if (Grant is { } grant)
        {
            await PlainInsert.WriteAsync(database, grant);
            Grant = null;
        }

        foreach (var token in Tokens)
        {
            await PlainInsert.WriteAsync(database, token);
        }

        Tokens.Clear();
    }
}
