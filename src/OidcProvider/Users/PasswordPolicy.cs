using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using OidcProvider.Hosting;
using OidcProvider.Languages;

namespace OidcProvider.Users;

/// <summary>
/// Whether a new password is good enough (NIST SP 800-63B-4 §3.1.1.2, ASVS 5.0 6.2): long enough, not one of the common ones, not made of
/// the user's own name, address or this service's, and, if switched on, not seen in a breach.
/// </summary>
internal sealed class PasswordPolicy(IOptions<UsersOptions> options, IssuerUri issuer, IHttpClientFactory http, ILogger<PasswordPolicy> logger)
{
    public const string BreachClient = "breached-passwords";

    public int MinimumLength => options.Value.PasswordMinimumLength;

    /// <param name="password">The new password.</param>
    /// <param name="context">What an attacker knows of the user: e-mail address, names.</param>
    public async Task<Problem?> FaultAsync(string password, IEnumerable<string?> context, CancellationToken cancellation = default)
    {
        if (UserRules.PasswordFault(password, MinimumLength) is { } fault)
        {
            return fault with { Message = password.Length > UserRules.MaxPasswordLength ? Words.Current["password.too_long", ("count", UserRules.MaxPasswordLength)] : Words.Current["password.too_short", ("count", MinimumLength)] };
        }

        var words = context.OfType<string>().SelectMany(text => text.Split([' ', '@', '.', '-', '_', '+'], StringSplitOptions.RemoveEmptyEntries).Append(text));
        if (CommonPasswords.IsCommon(password, words.Concat(["oidcprovider", .. issuer.Host.Host.Split('.')])))
        {
            return new Problem("common_password", Words.Current["password.common"], "password");
        }

        return options.Value.CheckBreachedPasswords && await IsBreachedAsync(password, cancellation)
            ? new Problem("breached_password", Words.Current["password.breached"], "password")
            : null;
    }

    // k-anonymity: the service sees five of forty hexadecimal digits. When it does not answer, nobody is kept from a new password.
    private async Task<bool> IsBreachedAsync(string password, CancellationToken cancellation)
    {
#pragma warning disable CA5350 // The service is indexed by SHA-1; nothing is protected by it.
        var hash = Convert.ToHexString(SHA1.HashData(Encoding.UTF8.GetBytes(password)));
#pragma warning restore CA5350
        try
        {
            using var client = http.CreateClient(BreachClient);
            using var request = new HttpRequestMessage(HttpMethod.Get, $"https://api.pwnedpasswords.com/range/{hash[..5]}");
            // So that not even the length of the answer tells which range was asked for.
            request.Headers.Add("Add-Padding", "true");
            using var response = await client.SendAsync(request, cancellation);
            var answer = await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellation);
            return answer.Split('\n').Any(line => line.StartsWith(hash[5..], StringComparison.OrdinalIgnoreCase) && !line.TrimEnd().EndsWith(":0", StringComparison.Ordinal));
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
        {
            logger.LogWarning("The list of breached passwords does not answer; the password was accepted without it ({Reason})", fault.Message);
            return false;
        }
    }
}
