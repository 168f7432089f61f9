using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Hosting;
using OidcProvider.Users;

namespace OidcProvider.Admin.Sessions;

/// <summary>Asks before a session is ended, and ends it.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.SessionsWrite)]
internal sealed class EndModel(SessionDesk desk) : AdminPage
{
    [FromRoute]
    public Guid Id { get; set; }

    public SessionView Session { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync() => await LoadAsync() ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        if (!await LoadAsync())
        {
            return NotFound();
        }

        if (!await IsCompleteAsync())
        {
            return Refused();
        }

        var ended = await desk.EndAsync(Caller.Acting, Id, cancellation);
        return ended.Succeeded ? Redirect($"{Request.PathBase}/admin/sessions?done=session-ended")
            : ended.Problems[0].Code == UserGate.Forbidden ? NotAllowed()
            : Refused(ended.Problems);
    }

    private async Task<bool> LoadAsync() => (Session = (await desk.FindAsync(Id, HttpContext.RequestAborted))!) is not null;
}
