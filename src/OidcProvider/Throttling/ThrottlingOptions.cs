using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace OidcProvider.Throttling;

/// <summary>How often secrets may be guessed (ASVS 5.0 6.3.1).</summary>
internal sealed class ThrottlingOptions
{
    public const string Section = "Throttling";

    [Description("Failed tries to sign in that one account, and one address, may have within LoginWindow."), Range(1, 10_000)]
    public int LoginAttempts { get; set; } = 5;

    [Description("The window for LoginAttempts.")]
    public TimeSpan LoginWindow { get; set; } = TimeSpan.FromMinutes(15);

    [Description("Failed sign-ins in a row that lock an account, until its owner unlocks it by mail, an administrator does, or LockoutFor is over."), Range(1, 1000)]
    public int LockoutAfter { get; set; } = 10;

    [Description("How long an account stays locked when nobody unlocks it.")]
    public TimeSpan LockoutFor { get; set; } = TimeSpan.FromHours(24);

    [Description("Wrong secrets that one client may present from one address within ClientWindow."), Range(1, 10_000)]
    public int ClientAttempts { get; set; } = 20;

    [Description("The window for ClientAttempts.")]
    public TimeSpan ClientWindow { get; set; } = TimeSpan.FromMinutes(15);
}
