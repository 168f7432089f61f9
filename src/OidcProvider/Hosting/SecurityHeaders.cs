using System.Buffers.Text;
using System.Security.Cryptography;

namespace OidcProvider.Hosting;

/// <summary>
/// The headers every answer carries (ASVS 5.0 V3.4): a Content-Security-Policy with a nonce, no framing, no sniffing,
/// no referrer, no caching. Static files and the metadata documents set their own caching afterwards.
/// </summary>
internal static class SecurityHeaders
{
    private const string NonceKey = "oidcprovider:csp-nonce";
    private const string FormTargetsKey = "oidcprovider:form-targets";
    private const string InlineStylesKey = "oidcprovider:inline-styles";

    /// <summary>The nonce of this answer, for the few inline scripts and styles of ours.</summary>
    public static string CspNonce(this HttpContext context)
    {
        if (context.Items[NonceKey] is not string nonce)
        {
            context.Items[NonceKey] = nonce = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
        }

        return nonce;
    }

    /// <summary>
    /// Lets the forms of this page end outside. Browsers apply <c>form-action</c> to the redirects that follow a form as well,
    /// so a page that leads back to a client (sign-in, consent) cannot name its targets beforehand: pass nothing and the
    /// directive is left out. A page that posts straight to a client names that one origin.
    /// </summary>
    public static void AllowFormTargets(this HttpContext context, string? origin = null) =>
        context.Items[FormTargetsKey] = origin ?? "";

    /// <summary>For a page of somebody else's making whose elements carry style attributes. What scripts may do does not change.</summary>
    public static void AllowInlineStyles(this HttpContext context) => context.Items[InlineStylesKey] = true;

    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        context.Response.OnStarting(static state =>
        {
            var context = (HttpContext)state;
            var headers = context.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=()";
            headers.ContentSecurityPolicy = Policy(context);
            if (headers.CacheControl.Count == 0)
            {
                headers.CacheControl = "no-store";
            }

            return Task.CompletedTask;
        }, context);
        return next(context);
    });

    private static string Policy(HttpContext context)
    {
        var nonce = context.Items[NonceKey] is string used ? $" 'nonce-{used}'" : "";
        // A nonce beside it would switch 'unsafe-inline' off again (CSP Level 3 §6.7.3.2).
        var styles = context.Items.ContainsKey(InlineStylesKey) ? " 'unsafe-inline'" : nonce;
        var formAction = context.Items[FormTargetsKey] switch
        {
            null => " form-action 'self';",
            "" => "",
            var origin => $" form-action 'self' {origin};",
        };
        return $"default-src 'none'; base-uri 'none'; frame-ancestors 'none'; connect-src 'self'; img-src 'self' https: data:; font-src 'self'; style-src 'self'{styles}; script-src 'self'{nonce};{formAction}";
    }
}
