namespace OidcProvider.Webhooks;

/// <summary>When a message that did not arrive is tried again (the schedule of the Standard Webhooks specification). Pure.</summary>
internal static class WebhookSchedule
{
    /// <summary>When a message that is not tried any more is due, so that nobody looks at it.</summary>
    public static readonly DateTime Never = new(9999, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    public static int MostTries => Waits.Length + 1;

    /// <param name="tries">How often it was tried.</param>
    /// <param name="asked">How long the receiver asked to be left alone; an hour at most.</param>
    /// <param name="chance">0 to 1: a tenth more or less, so that not all come back at once.</param>
    /// <returns>How long to wait; null when it is given up.</returns>
    public static TimeSpan? Wait(int tries, TimeSpan? asked, double chance)
    {
        if (tries >= MostTries)
        {
            return null;
        }

        var wait = Waits[tries - 1] * (0.9 + (0.2 * chance));
        var most = TimeSpan.FromHours(1);
        return asked is { } longer && longer > wait ? (longer < most ? longer : most) : wait;
    }
}
