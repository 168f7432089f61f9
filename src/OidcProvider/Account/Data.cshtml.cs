using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Audit;
using OidcProvider.Users;

namespace OidcProvider.Account;

/// <summary>Download my data, delete my account.</summary>
internal sealed class DataModel(AccountData data, Credentials credentials, AuditLog audit) : AccountPage
{
    private static readonly JsonSerializerOptions Readable = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.Create(System.Text.Unicode.UnicodeRanges.All) };

    [BindProperty]
    public string? Confirm { get; set; }

    public async Task<IActionResult> OnGetAsync() => await FreshAsync() ?? Page();

    public async Task<IActionResult> OnPostDownloadAsync()
    {
        if (await FreshAsync() is { } elsewhere)
        {
            return elsewhere;
        }

        if (!await IsCompleteAsync())
        {
            return Refused();
        }

        await audit.WriteAsync(AuditEvents.DataDownloaded, Me.Id.ToString(), Me.Id.ToString());
        return File(JsonSerializer.SerializeToUtf8Bytes(await data.CollectAsync(Me), Readable), "application/json", "my-data.json");
    }

    public async Task<IActionResult> OnPostDeleteAsync()
    {
        if (await FreshAsync() is { } elsewhere)
        {
            return elsewhere;
        }

        if (!await IsCompleteAsync())
        {
            return Refused();
        }

        if (!string.Equals(Confirm?.Trim(), Me.Email ?? Me.UserName, StringComparison.OrdinalIgnoreCase))
        {
            return Refused(message: T["data.confirm_wrong"], field: nameof(Confirm));
        }

        await credentials.DeleteAsync(Me);
        return Redirect($"{Request.PathBase}/");
    }
}
