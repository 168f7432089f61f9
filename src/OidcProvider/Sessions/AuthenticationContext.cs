using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Sessions;

/// <summary>
/// What a sign-in is worth: the <c>acr</c> that follows from its <c>amr</c> (RFC 8176). The names are those of NIST SP 800-63B-4: <c>aal1</c> one
/// factor, <c>aal2</c> two, or a passkey that verified its user. Pure.
/// </summary>
internal static class AuthenticationContext
{
    public const string OneFactor = "aal1", TwoFactors = "aal2";

    /// <summary>Two factors were shown, RFC 8176 <c>mfa</c>.</summary>
    public const string Mfa = "mfa";

    public static readonly IReadOnlyList<string> Supported = [OneFactor, TwoFactors];

    public static string Acr(IEnumerable<string> amr) => amr.Contains(Mfa, StringComparer.Ordinal) ? TwoFactors : OneFactor;

    public static IReadOnlyList<string> Split(string amr) => amr.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>What was proven before together with what was proven now.</summary>
    public static IReadOnlyList<string> Add(IEnumerable<string> before, params string[] now)
    {
        var all = before.Concat(now).Distinct(StringComparer.Ordinal).ToList();
        var factors = all.Count(method => method is AuthenticationMethodReferences.Password or AuthenticationMethodReferences.OneTimePassword or "hwk" or "swk");
        return factors > 1 && !all.Contains(Mfa, StringComparer.Ordinal) ? [.. all, Mfa] : all;
    }

    /// <summary>Whether a session meets one of the <c>acr_values</c> that we know; unknown ones ask for nothing (OpenID Connect Core 1.0 §3.1.2.1).</summary>
    public static bool Meets(string? acr, IReadOnlyCollection<string> asked) =>
        !asked.Any(Supported.Contains) || asked.Contains(acr, StringComparer.Ordinal) || (acr == TwoFactors && asked.Contains(OneFactor, StringComparer.Ordinal));
}
