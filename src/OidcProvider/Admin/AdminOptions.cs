using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace OidcProvider.Admin;

/// <summary>How administrators get in.</summary>
internal sealed class AdminOptions
{
    public const string Section = "Admin";

    [Description("How long after an administrator signed in the pages and the API ask for it again.")]
    public TimeSpan SignInMaxAge { get; set; } = TimeSpan.FromHours(12);

    [Description("Requests that one caller may make to the admin API in a minute, on each node."), Range(1, 1_000_000)]
    public int ApiRequestsPerMinute { get; set; } = 600;

    [Description("Whether this server registers the client of its own command line, with which administrators sign in from elsewhere (login --server).")]
    public bool CommandLineClient { get; set; } = true;

    [Description("Whether there is a playground: open to everybody in Development, to administrators otherwise.")]
    public bool Playground { get; set; } = true;
}
