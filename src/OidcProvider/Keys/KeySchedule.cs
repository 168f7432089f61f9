namespace OidcProvider.Keys;

/// <summary>Where a key stands.</summary>
internal enum KeyPhase
{
    /// <summary>Published, not signing yet.</summary>
    Announced,

    /// <summary>Signs.</summary>
    Signing,

    /// <summary>No longer signs; what it signed may still be valid.</summary>
    Retired,

    /// <summary>Nothing it signed can still be valid: it is taken from the JWKS and may be deleted.</summary>
    Expired,

    /// <summary>Taken out at once by an administrator; what it signed is refused.</summary>
    Revoked,
}

/// <summary>What the schedule knows of a key.</summary>
internal sealed record ScheduledKey(string Id, string Algorithm, int Generation, DateTime ActivateAt, DateTime? RevokedAt);

/// <summary>
/// At a given time, which key is announced, signing, retired; and when the next one is due. Pure: every node comes to the same
/// answer from the same rows, whatever it did before.
/// </summary>
internal static class KeySchedule
{
    /// <param name="keys">All keys of one algorithm.</param>
    /// <param name="now">The time the answer is for.</param>
    /// <param name="retireFor">How long a key is kept after it stopped signing.</param>
    public static IReadOnlyDictionary<string, KeyPhase> Phases(IEnumerable<ScheduledKey> keys, DateTime now, TimeSpan retireFor)
    {
        var ordered = keys.OrderByDescending(key => key.ActivateAt).ThenByDescending(key => key.Generation).ToList();
        var phases = new Dictionary<string, KeyPhase>(StringComparer.Ordinal);
        DateTime? supersededAt = null;
        foreach (var key in ordered)
        {
            if (key.RevokedAt <= now)
            {
                phases[key.Id] = KeyPhase.Revoked;
            }
            else if (key.ActivateAt > now)
            {
                phases[key.Id] = KeyPhase.Announced;
            }
            else
            {
                phases[key.Id] = supersededAt is not { } since ? KeyPhase.Signing : now < since + retireFor ? KeyPhase.Retired : KeyPhase.Expired;
                supersededAt = key.ActivateAt;
            }
        }

        return phases;
    }

    /// <summary>
    /// Keys of one algorithm that nothing can need any more: expired, or revoked as long ago. The newest stays, whatever it is, so that
    /// numbers are not given twice.
    /// </summary>
    public static IReadOnlyList<string> Over(IReadOnlyCollection<ScheduledKey> keys, DateTime now, TimeSpan retireFor)
    {
        var phases = Phases(keys, now, retireFor);
        return [.. keys.OrderByDescending(key => key.Generation).Skip(1)
            .Where(key => phases[key.Id] is KeyPhase.Expired || (phases[key.Id] is KeyPhase.Revoked && key.RevokedAt + retireFor <= now))
            .Select(key => key.Id)];
    }

    /// <summary>When a key that has to be made now shall begin to sign, or null when none is due.</summary>
    public static DateTime? NextActivation(IReadOnlyCollection<ScheduledKey> keys, DateTime now, TimeSpan rotateAfter, TimeSpan announceFor)
    {
        var usable = keys.Where(key => !(key.RevokedAt <= now)).ToList();
        // The first key of an algorithm, or the one after a revocation, cannot wait to be known; nor for one that is announced.
        if (!usable.Any(key => key.ActivateAt <= now))
        {
            return now;
        }

        if (usable.Any(key => key.ActivateAt > now))
        {
            return null;
        }

        var due = usable.Max(key => key.ActivateAt) + rotateAfter;
        if (now < due - announceFor)
        {
            return null;
        }

        var announced = now + announceFor;
        return due > announced ? due : announced;
    }

    /// <summary>The next moment at which a phase changes, so that every node switches by the clock and not by chance.</summary>
    public static DateTime? NextChange(IReadOnlyCollection<ScheduledKey> keys, DateTime now, TimeSpan retireFor)
    {
        var moments = keys.Select(key => key.ActivateAt).Concat(keys.Select(key => key.ActivateAt + retireFor)).Where(moment => moment > now);
        return moments.Select(moment => (DateTime?)moment).Min();
    }
}
