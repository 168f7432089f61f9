using OidcProvider.Data;

namespace OidcProvider.Webhooks;

/// <summary>A webhook as people and programs see it; its secret is in none of this.</summary>
internal sealed record WebhookView(
    Guid Id, string Url, string? Description, IReadOnlyList<string> Events, string State, DateTime CreatedAt, DateTime UpdatedAt, DateTime? FailingSince, DateTime? DisabledAt, string? DisabledReason,
    DateTime? PreviousSecretUntil, string Version)
{
    public const string Working = "working", Failing = "failing", Off = "off";

    public static WebhookView Of(Webhook row) => new(
        row.Id, row.Url, row.Description, row.Events.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        row.DisabledAt is not null ? Off : row.FailingSince is not null ? Failing : Working,
        row.CreatedAt, row.UpdatedAt, row.FailingSince, row.DisabledAt, row.DisabledReason, row.PreviousSecretUntil, row.Version);
}

/// <summary>A webhook with a secret that was just made. It is shown now and never again.</summary>
internal sealed record IssuedWebhook(string Secret, WebhookView Webhook);

/// <summary>One message to a webhook and what became of it.</summary>
internal sealed record DeliveryView(
    Guid Id, string Event, string State, DateTime CreatedAt, int Tries, DateTime? TriedAt, DateTime? NextTryAt, DateTime? DeliveredAt, int? LastStatus, string? LastError, int? LastDuration, string Payload)
{
    public const string Waiting = "waiting", Delivered = "delivered", GivenUp = "given_up";

    public static DeliveryView Of(WebhookDelivery row)
    {
        var state = row.DeliveredAt is not null ? Delivered : row.FailedAt is not null ? GivenUp : Waiting;
        return new(row.Id, row.Event, state, row.CreatedAt, row.Tries, row.TriedAt, state == Waiting ? row.NextTryAt : null, row.DeliveredAt, row.LastStatus, row.LastError, row.LastDuration, row.Payload);
    }
}
