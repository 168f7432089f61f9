using Microsoft.AspNetCore.Mvc;
using OidcProvider.Data;
using OidcProvider.Sessions;

namespace OidcProvider.Account;

/// <summary>Where the user is signed in, and signing out there.</summary>
internal sealed class SessionsModel(SessionStore sessions) : AccountPage
{
    public IReadOnlyList<Session> List { get; private set; } = [];

    public async Task OnGetAsync() => List = await sessions.ListAsync(Me.Id);

    public async Task<IActionResult> OnPostAsync([FromForm] Guid id)
    {
        if (!await IsCompleteAsync())
        {
            return await AgainAsync();
        }

        if ((await sessions.ListAsync(Me.Id)).Any(session => session.Id == id))
        {
            await sessions.EndAsync(id, reason: "ended_by_user");
        }

        return Done("/account/sessions", "session-ended");
    }

    public async Task<IActionResult> OnPostOthersAsync()
    {
        if (!await IsCompleteAsync())
        {
            return await AgainAsync();
        }

        foreach (var session in (await sessions.ListAsync(Me.Id)).Where(session => session.Id != Live.Session.Id))
        {
            await sessions.EndAsync(session.Id, reason: "ended_by_user");
        }

        return Done("/account/sessions", "sessions-ended");
    }

    private async Task<IActionResult> AgainAsync()
    {
        List = await sessions.ListAsync(Me.Id);
        return Refused();
    }
}
