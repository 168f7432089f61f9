using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.Tokens;
using OidcProvider.Admin.Access;
using OidcProvider.Clients;
using OidcProvider.Hosting;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Admin.Playground;

/// <summary>Chooses a client and a flow, then walks it: each button sends one request and shows it with its answer.</summary>
internal sealed class IndexModel(Wire wire, ExperimentCookie cookie, ClientRegistry registry, IssuerUri issuer, TimeProvider time) : PlaygroundPage
{
    [BindProperty]
    public string? Flow { get; set; } = Playground.Flow.Code;

    [BindProperty]
    public string? ClientId { get; set; } = PlaygroundClient.Id;

    [BindProperty]
    public string? ClientSecret { get; set; }

    [BindProperty]
    public string? Scope { get; set; } = "openid profile email offline_access";

    [BindProperty]
    public bool Pushed { get; set; }

    [BindProperty]
    public string? Prompt { get; set; }

    public Experiment? Current { get; private set; }

    /// <summary>What was just sent and received, in order.</summary>
    public List<Exchange> Exchanges { get; } = [];

    public List<TokenView> Tokens { get; } = [];

    /// <summary>Where the browser goes next, with its parameters one by one.</summary>
    public string? AuthorizationUrl { get; private set; }

    public IReadOnlyList<(string Name, string Value)> AuthorizationParameters { get; private set; } = [];

    public Exchange? Device { get; private set; }

    /// <summary>The chosen client does not redirect here yet; whoever may change clients is asked.</summary>
    public bool NeedsRedirect { get; private set; }

    public string Callback => issuer.Combine(PlaygroundClient.Callback).AbsoluteUri;

    public string Issuer => issuer.Value;

    /// <summary>A link may have chosen client, flow and scope; what was tried before is then another matter.</summary>
    public async Task OnGetAsync([FromQuery(Name = "client_id")] string? client, [FromQuery] string? flow, [FromQuery] string? scope, CancellationToken cancellation)
    {
        if (!string.IsNullOrEmpty(client))
        {
            (ClientId, Flow, Scope) = (client, flow is not null && Playground.Flow.All.ContainsKey(flow) ? flow : Flow, scope ?? "");
            return;
        }

        Current = cookie.Read(HttpContext);
        await ShowTokensAsync(cancellation);
    }

    public async Task<IActionResult> OnPostStartAsync(CancellationToken cancellation)
    {
        if (!await IsCompleteAsync())
        {
            return Refused();
        }

        if (Flow is null || !Playground.Flow.All.ContainsKey(Flow) || string.IsNullOrWhiteSpace(ClientId) || ClientId.Length > 200 || Scope?.Length > 2000)
        {
            return Refused(message: "Choose a flow and name a client.", field: nameof(ClientId));
        }

        Current = new Experiment
        {
            Flow = Flow, ClientId = ClientId.Trim(), ClientSecret = ClientSecret, Scope = Scope?.Trim() ?? "", Pushed = Pushed, Prompt = Prompt, At = time.GetUtcNow(),
            State = Random(), Nonce = Random(), Verifier = Random(),
        };
        switch (Flow)
        {
            case Playground.Flow.Code:
                await AuthorizeAsync(cancellation);
                break;
            case Playground.Flow.Device:
                Device = await SendAsync("Device authorization (RFC 8628 §3.1)", "connect/device", [(Parameters.Scope, Current.Scope)], cancellation);
                Current = Current with { DeviceCode = Device[Parameters.DeviceCode] };
                break;
            default:
                await TokensAsync("Client credentials (RFC 6749 §4.4)", [(Parameters.GrantType, GrantTypes.ClientCredentials), (Parameters.Scope, Current.Scope)], cancellation);
                break;
        }

        cookie.Write(HttpContext, Current);
        await ShowTokensAsync(cancellation);
        return Page();
    }

    public Task<IActionResult> OnPostRedeemAsync([FromForm] string? code, CancellationToken cancellation) => StepAsync(() => TokensAsync("Redeem the code (RFC 6749 §4.1.3)",
        [(Parameters.GrantType, GrantTypes.AuthorizationCode), (Parameters.Code, code), (Parameters.RedirectUri, Callback), (Parameters.CodeVerifier, Current!.Verifier)], cancellation), cancellation);

    public Task<IActionResult> OnPostPollAsync(CancellationToken cancellation) => StepAsync(() => TokensAsync("Ask whether the user has decided (RFC 8628 §3.4)",
        [(Parameters.GrantType, GrantTypes.DeviceCode), (Parameters.DeviceCode, Current!.DeviceCode)], cancellation), cancellation);

    public Task<IActionResult> OnPostRefreshAsync(CancellationToken cancellation) => StepAsync(() => TokensAsync("Refresh (RFC 6749 §6)",
        [(Parameters.GrantType, GrantTypes.RefreshToken), (Parameters.RefreshToken, Current!.RefreshToken)], cancellation), cancellation);

    public Task<IActionResult> OnPostUserInfoAsync(CancellationToken cancellation) => StepAsync(async () =>
        Exchanges.Add(await wire.GetAsync("User info (OpenID Connect Core 1.0 §5.3)", "connect/userinfo", Current!.AccessToken, cancellation)), cancellation);

    public Task<IActionResult> OnPostRevokeAsync(CancellationToken cancellation) => StepAsync(async () =>
    {
        await SendAsync("Revoke (RFC 7009)", "connect/revoke", [(Parameters.Token, Current!.RefreshToken ?? Current.AccessToken)], cancellation);
        Current = Current with { RefreshToken = null };
    }, cancellation);

    public async Task<IActionResult> OnPostForgetAsync()
    {
        if (await IsCompleteAsync())
        {
            cookie.Forget(HttpContext);
        }

        return Redirect($"{Request.PathBase}/playground");
    }

    /// <summary>An administrator lets the chosen client redirect here as well.</summary>
    public async Task<IActionResult> OnPostAllowAsync(CancellationToken cancellation)
    {
        if (!May(Hosting.Permissions.ClientsWrite))
        {
            return StatusCode(StatusCodes.Status403Forbidden);
        }

        if (!await IsCompleteAsync() || cookie.Read(HttpContext) is not { } chosen || await registry.FindAsync(chosen.ClientId, cancellation) is not { } client)
        {
            return Refused(message: "There is no such client.");
        }

        var changed = await registry.UpdateAsync(client.Definition with { RedirectUris = [.. client.Definition.RedirectUris.Append(Callback).Distinct(StringComparer.Ordinal)] }, Caller.Of(User).Editor, cancellation: cancellation);
        Current = chosen;
        if (!changed.Succeeded)
        {
            return Refused(message: changed.Problems[0].ToString());
        }

        await AuthorizeAsync(cancellation);
        return Page();
    }

    private async Task<IActionResult> StepAsync(Func<Task> step, CancellationToken cancellation)
    {
        if (!await IsCompleteAsync())
        {
            return Refused();
        }

        Current = cookie.Read(HttpContext);
        if (Current is null)
        {
            return Refused(message: "This experiment is over. Begin again.");
        }

        await step();
        cookie.Write(HttpContext, Current);
        await ShowTokensAsync(cancellation);
        return Page();
    }

    private async Task AuthorizeAsync(CancellationToken cancellation)
    {
        var current = Current!;
        NeedsRedirect = await registry.FindAsync(current.ClientId, cancellation) is { } client && !client.Definition.RedirectUris.Contains(Callback);
        List<(string Name, string? Value)> asked =
        [
            (Parameters.ResponseType, ResponseTypes.Code), (Parameters.RedirectUri, Callback), (Parameters.Scope, current.Scope), (Parameters.State, current.State), (Parameters.Nonce, current.Nonce),
            (Parameters.CodeChallenge, Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(current.Verifier!)))), (Parameters.CodeChallengeMethod, CodeChallengeMethods.Sha256), (Parameters.Prompt, current.Prompt),
        ];
        if (current.Pushed)
        {
            var pushed = await SendAsync("Push the request (RFC 9126)", "connect/par", asked, cancellation);
            asked = [(Parameters.RequestUri, pushed[Parameters.RequestUri])];
            if (!pushed.Succeeded)
            {
                return;
            }
        }

        AuthorizationParameters = [(Parameters.ClientId, current.ClientId), .. asked.Where(pair => !string.IsNullOrEmpty(pair.Value)).Select(pair => (pair.Name, pair.Value!))];
        // The browser's way: always this server's own endpoint.
        AuthorizationUrl = QueryHelpers.AddQueryString($"{Request.PathBase}/connect/authorize", AuthorizationParameters.Select(pair => KeyValuePair.Create(pair.Name, (string?)pair.Value)));
    }

    private async Task TokensAsync(string title, IReadOnlyList<(string Name, string? Value)> parameters, CancellationToken cancellation)
    {
        var answer = await SendAsync(title, "connect/token", parameters, cancellation);
        if (answer.Succeeded)
        {
            Current = Current! with
            {
                AccessToken = answer[Parameters.AccessToken], IdToken = answer[Parameters.IdToken] ?? Current.IdToken, RefreshToken = answer[Parameters.RefreshToken] ?? Current.RefreshToken, DeviceCode = null,
            };
        }
    }

    private async Task<Exchange> SendAsync(string title, string endpoint, IReadOnlyList<(string Name, string? Value)> parameters, CancellationToken cancellation)
    {
        var exchange = await wire.PostAsync(title, endpoint, Current!, parameters, cancellation);
        Exchanges.Add(exchange);
        return exchange;
    }

    private async Task ShowTokensAsync(CancellationToken cancellation)
    {
        if (Current is not { AccessToken: { } access } current)
        {
            return;
        }

        var keys = (await wire.GetAsync("Keys", ".well-known/jwks.json", null, cancellation)) is { Succeeded: true } answer ? new JsonWebKeySet(answer.Answer) : null;
        Tokens.Add(TokenView.OfAccessToken(access, keys, issuer.Value, time.GetUtcNow()));
        if (current.IdToken is { } id)
        {
            Tokens.Add(TokenView.OfIdToken(id, keys, issuer.Value, current.ClientId, current.Flow == Playground.Flow.Code ? current.Nonce : null, Exchanges.Exists(exchange => exchange[Parameters.IdToken] == id) ? access : null, time.GetUtcNow()));
        }
    }

    private static string Random() => Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(32));
}
