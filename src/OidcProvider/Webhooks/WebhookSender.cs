using System.Globalization;
using System.Net;
using System.Text;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Webhooks;

/// <summary>What came of one try.</summary>
internal sealed record Outcome(int? Status, string? Error, TimeSpan? RetryAfter)
{
    public bool Arrived => Status is >= 200 and < 300;
}

/// <summary>Sends one signed message and looks at nothing but the status: what a receiver answers is not kept.</summary>
internal sealed class WebhookSender(IHttpClientFactory http, WebhookSecrets secrets, TimeProvider time)
{
    public const string Client = "webhooks";

    private const int LongestError = 500;

    public async Task<Outcome> SendAsync(Webhook webhook, WebhookDelivery delivery, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        using var request = new HttpRequestMessage(HttpMethod.Post, webhook.Url) { Content = new StringContent(delivery.Payload, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("User-Agent", "OidcProvider-Webhooks/1");
        request.Headers.Add(WebhookSignature.Id, delivery.Id.ToString());
        request.Headers.Add(WebhookSignature.Timestamp, now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(WebhookSignature.Signature, WebhookSignature.Of(secrets.InForce(webhook, now.UtcDateTime), delivery.Id.ToString(), now, delivery.Payload));
        try
        {
            using var client = http.CreateClient(Client);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            return new Outcome((int)response.StatusCode, response.IsSuccessStatusCode ? null : Words(response.StatusCode), RetryAfter(response, now));
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException || (fault is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return new Outcome(null, Reason(fault), null);
        }
    }

    private static string Words(HttpStatusCode status) =>
        (int)status is >= 300 and < 400 ? "The receiver redirects; register the address it redirects to." : $"The receiver answered {(int)status}.";

    // What lies inside tells more ("certificate has expired"), the outside tells what was tried.
    private static string Reason(Exception fault)
    {
        var text = fault switch
        {
            OperationCanceledException => "The receiver did not answer in ten seconds.",
            { InnerException: ForbiddenAddressException forbidden } => forbidden.Message,
            { InnerException: { } inner } => $"{fault.Message} {inner.Message}",
            _ => fault.Message,
        };
        return text.Length <= LongestError ? text : text[..LongestError];
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response, DateTimeOffset now) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - now,
        _ => null,
    };
}
