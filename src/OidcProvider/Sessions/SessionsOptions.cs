using System.ComponentModel;

namespace OidcProvider.Sessions;

/// <summary>How long a signed-in browser stays signed in.</summary>
internal sealed class SessionsOptions
{
    public const string Section = "Sessions";

    [Description("A session ends after this long without a request.")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromHours(8);

    [Description("A session ends this long after sign-in, whatever happens.")]
    public TimeSpan AbsoluteTimeout { get; set; } = TimeSpan.FromDays(7);
}
