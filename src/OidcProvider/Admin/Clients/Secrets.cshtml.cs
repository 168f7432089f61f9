using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Clients;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Clients;

/// <summary>The secrets of a client: add one, change over, remove the old one. A new one is shown in the answer that makes it.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.ClientsRead)]
internal sealed class SecretsModel(ClientRegistry registry, ClientSecretDesk desk, TimeProvider time) : ClientPage(registry)
{
    /// <summary>How long a new secret may live, and an old one beside it: days.</summary>
    public static readonly IReadOnlyList<(int Days, string Words)> Lifetimes = [(0, "no end"), (30, "30 days"), (90, "90 days"), (180, "180 days"), (365, "a year")], Graces = [(0, "at once"), (1, "after a day"), (7, "after a week"), (30, "after 30 days")];

    public IReadOnlyList<SecretView> List { get; private set; } = [];

    public string? NewSecret { get; private set; }

    public Guid? Asked { get; private set; }

    public DateTime Now => time.GetUtcNow().UtcDateTime;

    public async Task<IActionResult> OnGetAsync([FromQuery] Guid? remove, CancellationToken cancellation)
    {
        Asked = remove;
        return await LoadAsync(cancellation) ?? await ShowAsync(cancellation);
    }

    public async Task<IActionResult> OnPostAddAsync([FromForm] string? description, [FromForm] int days, CancellationToken cancellation)
    {
        if (await BeginAsync(cancellation) is { } stop)
        {
            return await StopAsync(stop, cancellation);
        }

        var made = await desk.AddAsync(Client.ClientId, string.IsNullOrWhiteSpace(description) ? null : description.Trim(), days > 0 ? Now.AddDays(days) : null, Caller.Editor, cancellation);
        NewSecret = made.Succeeded ? made.Value.ClientSecret : null;
        return made.Succeeded ? await ShowAsync(cancellation) : await StopAsync(Refused(made.Problems), cancellation);
    }

    public async Task<IActionResult> OnPostRotateAsync([FromForm] int days, CancellationToken cancellation)
    {
        if (await BeginAsync(cancellation) is { } stop)
        {
            return await StopAsync(stop, cancellation);
        }

        var rotated = await desk.RotateAsync(Client.ClientId, TimeSpan.FromDays(days), Caller.Editor, cancellation);
        NewSecret = rotated.Succeeded ? rotated.Value.GeneratedSecret : null;
        return rotated.Succeeded ? await ShowAsync(cancellation) : await StopAsync(Refused(rotated.Problems), cancellation);
    }

    public async Task<IActionResult> OnPostRemoveAsync([FromForm] Guid secret, CancellationToken cancellation)
    {
        if (await BeginAsync(cancellation) is { } stop)
        {
            return await StopAsync(stop, cancellation);
        }

        return await desk.RemoveAsync(Client.ClientId, secret, Caller.Editor, cancellation) is { } fault ? await StopAsync(Refused([fault]), cancellation) : Done("secrets", "removed-secret");
    }

    private async Task<IActionResult> ShowAsync(CancellationToken cancellation)
    {
        List = (await desk.ListAsync(Client.ClientId, cancellation)).Value;
        return Page();
    }

    // A refusal shows the list too.
    private async Task<IActionResult> StopAsync(IActionResult stop, CancellationToken cancellation)
    {
        if (Client is not null)
        {
            await ShowAsync(cancellation);
        }

        return stop;
    }
}
