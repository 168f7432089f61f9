namespace OidcProvider.Protocol.Explain;

/// <summary>How many refusals are written a minute, of one client and of all together; the rest is dropped and counted. Pure but for what it counts.</summary>
internal sealed class RefusalBudget
{
    public const int OfAClient = 60, InAll = 600;

    private readonly Dictionary<string, int> _clients = new(StringComparer.Ordinal);
    private DateTime _minute;
    private int _all;

    public bool Admits(string? clientId, DateTime at)
    {
        var minute = new DateTime(at.Ticks - (at.Ticks % TimeSpan.TicksPerMinute), DateTimeKind.Utc);
        if (minute != _minute)
        {
            (_minute, _all) = (minute, 0);
            _clients.Clear();
        }

        var key = clientId ?? "";
        var taken = _clients.GetValueOrDefault(key);
        if (_all >= InAll || taken >= OfAClient)
        {
            return false;
        }

        (_all, _clients[key]) = (_all + 1, taken + 1);
        return true;
    }
}
