using OidcProvider.Branding;
using OidcProvider.Clients;
using OidcProvider.Languages;

namespace OidcProvider.Protocol;

/// <summary>One scope in words, for people.</summary>
internal sealed record ScopeText(string Name, string Title, string? Description)
{
    public static IReadOnlyList<ScopeText> Of(IEnumerable<ScopeDefinition> scopes, Words words) =>
        [.. scopes.Select(scope => (scope.Name, Words: scope.In(words))).Select(scope => new ScopeText(scope.Name, scope.Words.Title, scope.Words.Text))];
}

/// <summary>What the consent page shows: who asks, where the answer goes, for what, and for which account.</summary>
internal sealed record ConsentView(
    string ClientName,
    string? LogoUri,
    string? ClientUri,
    string? PolicyUri,
    string? TosUri,
    string ReturnHost,
    string Account,
    string? Email,
    IReadOnlyList<ScopeText> Scopes,
    IReadOnlyList<KeyValuePair<string, string>> Parameters,
    Palette? Colors);

/// <summary>What the account chooser shows (<c>prompt=select_account</c>).</summary>
internal sealed record SelectAccountView(
    string ClientName,
    string Account,
    string? Email,
    IReadOnlyList<KeyValuePair<string, string>> Parameters,
    Palette? Colors);

/// <summary>What the device page shows after a code was found (RFC 8628 §3.3).</summary>
internal sealed record DeviceView(string ClientName, string? LogoUri, string UserCode, string Account, string? Email, IReadOnlyList<ScopeText> Scopes, Palette? Colors);
