using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Hosting;
using OidcProvider.Users;

namespace OidcProvider.Admin.Users;

/// <summary>Makes an account. Its owner chooses the password by mail: an administrator who knows it could be them.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.UsersWrite)]
internal sealed class NewModel(UserDesk desk, PasswordMail mail) : AdminPage
{
    [BindProperty]
    public UserForm Form { get; set; } = new();

    /// <summary>Whether the mail with the link is sent now.</summary>
    [BindProperty(Name = "invite")]
    public bool Invite { get; set; }

    public void OnGet() => Invite = true;

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        if (!await IsCompleteAsync())
        {
            return Refused();
        }

        var written = Form.Write(new UserDefinition());
        if (!written.Succeeded)
        {
            return Refused(written.Problems);
        }

        var added = await desk.AddAsync(Caller.Acting, written.Value, cancellation);
        if (!added.Succeeded)
        {
            return Refused(added.Problems);
        }

        if (Invite)
        {
            await mail.SendAsync(Caller.Acting, added.Value.Id, require: false, cancellation);
        }

        return Redirect($"{Request.PathBase}/admin/users/{added.Value.Id}?done={(Invite ? "created-mailed" : "created")}");
    }
}
