using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Languages;
using OidcProvider.Mail;
using OidcProvider.Sessions;
using OidcProvider.Throttling;
using OidcProvider.Users;

namespace OidcProvider.Account;

/// <summary>Changing the e-mail address: confirmed at the new one, told to the old one.</summary>
internal sealed class EmailModel(EmailChange change) : AccountPage
{
    [BindProperty]
    public string? Email { get; set; }

    public async Task<IActionResult> OnGetAsync() => await FreshAsync() ?? Page();

    public async Task<IActionResult> OnPostAsync()
    {
        if (await FreshAsync() is { } elsewhere)
        {
            return elsewhere;
        }

        if (!await IsCompleteAsync())
        {
            return Refused();
        }

        return await change.AskAsync(Me, Email?.Trim() ?? "") is { } fault ? Refused(message: fault.Message, field: nameof(Email)) : Done("/account/email", "email");
    }
}

/// <summary>The link at the new address. It opens one page with one button, for whoever reads that mailbox.</summary>
[AllowAnonymous]
internal sealed class EmailConfirmModel(EmailChange change) : FormPage
{
    [BindProperty(SupportsGet = true)]
    public string? Token { get; set; }

    public string? NewAddress { get; private set; }

    public bool Done { get; private set; }

    public async Task<IActionResult> OnGetAsync()
    {
        NewAddress = await change.LookAsync(HttpContext, Token);
        return NewAddress is null ? Refused() : Page();
    }

    public async Task<IActionResult> OnPostAsync()
    {
        if (!await IsCompleteAsync())
        {
            return await OnGetAsync();
        }

        NewAddress = await change.FinishAsync(HttpContext, Token);
        Done = NewAddress is not null;
        return Done ? Page() : Refused();
    }
}

/// <summary>Asking for another address, and confirming it with the link that was sent there.</summary>
internal sealed class EmailChange(AppDbContext database, UserDirectory users, Credentials credentials, MailedLinks links, Outbox outbox, IServiceProvider services)
{
    public async Task<Problem?> AskAsync(User user, string email)
    {
        if (UserRules.Check(new UserDefinition { Email = email }, 1).FirstOrDefault(problem => problem.Field == "email") is not null)
        {
            return new Problem(UserRules.InvalidUser, Words.Current["email.wrong"], "email");
        }

        if (!await services.GetRequiredService<Throttle>().TakeAsync(Throttle.Key("email-change", user.Id.ToString()), 5, TimeSpan.FromHours(1)))
        {
            return new Problem("throttled", Words.Current["email.no_tries"], "email");
        }

        // A taken address is answered like a free one; nobody gets a link for it.
        var taken = await users.FindByNameAsync(email);
        if (taken is null)
        {
            var issuer = services.GetRequiredService<IssuerUri>();
            var token = await links.CreateAsync(LinkPurpose.ChangeEmail, user.Id, email);
            outbox.Append(email, Letter.Of(Words.For(user.Locale), "mail.email_confirm", $"{issuer.Value.TrimEnd('/')}/account/email/confirm?token={token}", ("email", email)), MailedLinks.Life);
        }

        else
        {
            outbox.Append(taken.Email ?? email, Letter.Of(Words.For(taken.Locale), "mail.address_taken", null, ("email", email)));
            await links.CreateForNobodyAsync();
        }

        await database.SaveChangesAsync();
        return null;
    }

    public async Task<string?> LookAsync(HttpContext http, string? token) =>
        await links.FindAsync(LinkPurpose.ChangeEmail, token) is { } link && await IsTheirsAsync(http, link) ? link.Data : null;

    public async Task<string?> FinishAsync(HttpContext http, string? token) =>
        await LookAsync(http, token) is not null && await links.UseAsync(LinkPurpose.ChangeEmail, token) is { UserId: { } id, Data: { } email } && await users.FindAsync(id) is { DisabledAt: null } user
        && await credentials.ChangeEmailAsync(user, email) is null ? email : null;

    // Whoever is signed in here with another account was sent somebody else's link; it must not give that account their address.
    private static async Task<bool> IsTheirsAsync(HttpContext http, MailedLink link)
    {
        await http.AuthenticateAsync(SessionAuthenticationHandler.SchemeName);
        return SessionAuthenticationHandler.Current(http) is not { } live || live.User.Id == link.UserId;
    }
}
