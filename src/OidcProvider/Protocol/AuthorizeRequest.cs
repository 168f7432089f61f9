using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.WebUtilities;
using OidcProvider.Clients;
using OidcProvider.Languages;
using OidcProvider.Sessions;
using OidcProvider.Users;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Protocol;

/// <summary>One authorization request with all that <see cref="NextStep"/> and the pages need to know.</summary>
internal sealed record PendingAuthorization(
    OpenIddictRequest Request, RegisteredClient Client, LiveSession? Session, NextStepInput Input, IReadOnlyList<KeyValuePair<string, string>> Parameters)
{
    public SelectAccountView SelectAccountView(Words words) => new(Client.NameIn(words.Language), AccountName(Session!), Session!.User.Email, Parameters, Client.Definition.Colors());

    public static string AccountName(LiveSession session) => session.User.FullName ?? session.User.Email ?? session.User.UserName!;
}

/// <summary>Gathers the facts of an authorization request: client, session, consent, hint, and the marker of an earlier trip to sign-in.</summary>
internal sealed class AuthorizeRequest(RegistrySnapshot registry, ConsentStore consents, SecondFactors factors, LoginMarker marker, TimeProvider time)
{
    private static readonly HashSet<string> OurFields = new(StringComparer.Ordinal) { "decision", "__RequestVerificationToken", LoginMarker.Parameter };

    public async Task<PendingAuthorization> ReadAsync(HttpContext http, Decision decision)
    {
        var request = http.GetOpenIddictServerRequest() ?? throw new InvalidOperationException("The protocol engine did not see this request.");
        var client = (await registry.FindClientAsync(request.ClientId!, http.RequestAborted))?.Registered ?? throw new InvalidOperationException("The client vanished while its request was handled.");
        await http.AuthenticateAsync(SessionAuthenticationHandler.SchemeName);
        var session = SessionAuthenticationHandler.Current(http);
        var raw = RawParameters(http.Request);
        var input = new NextStepInput
        {
            Now = time.GetUtcNow(),
            Prompts = request.GetPromptValues().ToHashSet(StringComparer.Ordinal),
            MaxAge = request.MaxAge ?? client.Definition.DefaultMaxAge,
            Subject = session?.User.Id.ToString(),
            AuthenticatedAt = session?.Session.AuthenticatedAt,
            Acr = session?.Session.Acr,
            AcrValues = request.GetAcrValues(),
            HasSecondFactor = session is not null && !AuthenticationContext.Meets(session.Session.Acr, request.GetAcrValues()) && (await factors.StateAsync(session.User.Id)).Any,
            HintedSubject = await HintedSubjectAsync(http),
            SentToLoginAt = marker.Read(Raw(http.Request, LoginMarker.Parameter), raw),
            ImplicitConsent = client.Definition.Consent == ClientMetadata.ImplicitConsent,
            RequestedScopes = request.GetScopes().ToHashSet(StringComparer.Ordinal),
            // Asked only where the answer counts.
            ConsentedScopes = session is null || client.Definition.Consent == ClientMetadata.ImplicitConsent ? new HashSet<string>() : (await consents.FindAsync(session.User.Id, client.Id, http.RequestAborted)).ToHashSet(StringComparer.Ordinal),
            Decision = decision,
        };
        return new PendingAuthorization(request, client, session, input, WithMarker(http.Request, raw));
    }

    /// <summary>The sign-in page with the way back to this very request.</summary>
    public string LoginUrl(HttpContext http, string page = "/login")
    {
        var raw = RawParameters(http.Request);
        var back = Url(http.Request, raw.Append(new(LoginMarker.Parameter, marker.Create(raw))));
        var url = QueryHelpers.AddQueryString($"{http.Request.PathBase}{page}", "returnUrl", back);
        return http.GetOpenIddictServerRequest()?.LoginHint is { Length: > 0 and <= 256 } hint ? QueryHelpers.AddQueryString(url, "login_hint", hint) : url;
    }

    public async Task<ConsentView> ConsentViewAsync(PendingAuthorization pending, Words words)
    {
        var definition = pending.Client.Definition.In(words.Language);
        var asked = await registry.FindScopesAsync(pending.Request.GetScopes(), CancellationToken.None);
        return new ConsentView(
            definition.ClientName!, definition.LogoUri, definition.ClientUri, definition.PolicyUri, definition.TosUri,
            HostOf(pending.Request.RedirectUri!),
            PendingAuthorization.AccountName(pending.Session!), pending.Session!.User.Email,
            ScopeText.Of(asked, words),
            pending.Parameters, definition.Colors());
    }

    /// <summary>The request as it came, from query or form, without what our own pages added.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> RawParameters(HttpRequest request) =>
        [.. (request.HasFormContentType ? request.Form : Enumerable.Empty<KeyValuePair<string, Microsoft.Extensions.Primitives.StringValues>>())
            .Concat(request.Query)
            .Where(pair => !OurFields.Contains(pair.Key))
            .SelectMany(pair => pair.Value, (pair, value) => new KeyValuePair<string, string>(pair.Key, value ?? ""))];

    public static string Url(HttpRequest request, IEnumerable<KeyValuePair<string, string>> parameters) =>
        QueryHelpers.AddQueryString($"{request.PathBase}{request.Path}", parameters.Select(pair => new KeyValuePair<string, string?>(pair.Key, pair.Value)));

    private static IReadOnlyList<KeyValuePair<string, string>> WithMarker(HttpRequest request, IReadOnlyList<KeyValuePair<string, string>> raw) =>
        Raw(request, LoginMarker.Parameter) is { } value ? [.. raw, new(LoginMarker.Parameter, value)] : raw;

    private static string? Raw(HttpRequest request, string name) =>
        request.Query[name].FirstOrDefault() ?? (request.HasFormContentType ? request.Form[name].FirstOrDefault() : null);

    // A private-use scheme has no host; the scheme is then what names the app.
    private static string HostOf(string redirectUri) => new Uri(redirectUri) is var uri && uri.Host.Length > 0 ? uri.Authority : $"{uri.Scheme}:";

    // The engine hands over the id_token_hint of a valid request; an invalid one it has ignored.
    private static async Task<string?> HintedSubjectAsync(HttpContext http) =>
        (await http.AuthenticateAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme)).Principal?.GetClaim(Claims.Subject);
}
