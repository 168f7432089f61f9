using System.Globalization;

namespace OidcProvider.Admin;

/// <summary>A moment as the pages of the administration write it: to the minute, in UTC, and saying so.</summary>
internal static class Stamp
{
    public static string Of(DateTime at) => at.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC";
}
