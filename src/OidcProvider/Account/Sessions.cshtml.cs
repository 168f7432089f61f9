using Microsoft.AspNetCore.Mvc;
using OidcProvider.Data;
using OidcProvider.Sessions;
using OidcProvider.Users;

namespace OidcProvider.Account;

/// <summary>Where the user is signed in, and signing out there.</summary>
internal sealed class SessionsModel(SessionStore sessions, KnownDevices devices) : AccountPage
{
    public IReadOnlyList<Session> List { get; private set; } = [];

    /// <summary>Browsers that signed in before: nobody locks them out, and they may skip the second factor if their user said so.</summary>
    public IReadOnlyList<KnownDevice> Devices { get; private set; } = [];

    public Guid? ThisDevice { get; private set; }

    public async Task OnGetAsync() => await LoadAsync();

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

        await devices.ForgetOthersAsync(HttpContext, Me.Id);
        return Done("/account/sessions", "sessions-ended");
    }

    public async Task<IActionResult> OnPostForgetAsync([FromForm] Guid id)
    {
        if (!await IsCompleteAsync())
        {
            return await AgainAsync();
        }

        await devices.ForgetAsync(Me.Id, id);
        return Done("/account/sessions", "device-forgotten");
    }

    private async Task<IActionResult> AgainAsync()
    {
        await LoadAsync();
        return Refused();
    }

    private async Task LoadAsync()
    {
        List = await sessions.ListAsync(Me.Id);
        Devices = await devices.ListAsync(Me.Id);
        ThisDevice = (await devices.FindAsync(HttpContext, Me.Id))?.Id;
    }
}
