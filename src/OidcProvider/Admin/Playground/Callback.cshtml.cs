using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Hosting;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Admin.Playground;

/// <summary>Where the authorization response arrives: shows it, and checks what a client must check before it redeems a code (RFC 9207, RFC 9700 §4.7).</summary>
internal sealed class CallbackModel(ExperimentCookie cookie, IssuerUri issuer) : PlaygroundPage
{
    public IReadOnlyList<(string Name, string Value)> Received { get; private set; } = [];

    public IReadOnlyList<TokenCheck> Checks { get; private set; } = [];

    public string? Code { get; private set; }

    public bool Failed { get; private set; }

    public IActionResult OnGet()
    {
        var experiment = cookie.Read(HttpContext);
        Received = [.. Request.Query.Select(pair => (pair.Key, pair.Value.ToString()))];
        Failed = Request.Query.ContainsKey(Parameters.Error);
        Checks =
        [
            new("state", experiment?.State is { } state && Same(state, Request.Query[Parameters.State].ToString()), "is the one of the request: the answer belongs to this browser"),
            new("iss", Request.Query[Parameters.Iss] == issuer.Value, $"is {issuer.Value}: no other server answers"),
        ];
        // A code that somebody slipped in is not redeemed.
        Code = Checks.All(check => check.Holds) && !Failed ? Request.Query[Parameters.Code] : default(string);
        if (Code is null)
        {
            Response.StatusCode = StatusCodes.Status400BadRequest;
        }

        return Page();
    }

    private static bool Same(string one, string other) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));
}
