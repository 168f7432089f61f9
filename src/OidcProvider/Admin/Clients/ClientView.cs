using System.Text.Json.Serialization;
using OidcProvider.Clients;

namespace OidcProvider.Admin.Clients;

/// <summary>A client as the API shows it: its metadata, and what the server knows beside.</summary>
internal sealed record ClientView : ClientDefinition
{
    public ClientView(RegisteredClient client, string? secret = null) : base(client.Definition with { ClientSecret = secret }) =>
        (Disabled, CreatedAt, UpdatedAt) = (client.Disabled, client.CreatedAt, client.UpdatedAt);

    [JsonPropertyOrder(1)]
    public bool Disabled { get; }

    [JsonPropertyOrder(1)]
    public DateTime CreatedAt { get; }

    [JsonPropertyOrder(1)]
    public DateTime UpdatedAt { get; }

    /// <summary>In lists only; accurate to a few seconds.</summary>
    [JsonPropertyOrder(1)]
    public DateTime? LastUsedAt { get; init; }

    /// <summary>In lists only: the worst of its rule sets.</summary>
    [JsonPropertyOrder(1)]
    public string? Grade { get; init; }
}

/// <summary>Which clients a list is about.</summary>
internal sealed record ClientFilter
{
    [Microsoft.AspNetCore.Mvc.FromQuery(Name = "disabled"), System.ComponentModel.Description("Only disabled ones, or only enabled ones.")]
    public bool? Disabled { get; init; }

    [Microsoft.AspNetCore.Mvc.FromQuery(Name = "public"), System.ComponentModel.Description("Only public clients, or only confidential ones.")]
    public bool? Public { get; init; }

    [Microsoft.AspNetCore.Mvc.FromQuery(Name = "application_type")]
    public string? ApplicationType { get; init; }

    [Microsoft.AspNetCore.Mvc.FromQuery(Name = "grant_type")]
    public string? GrantType { get; init; }

    [Microsoft.AspNetCore.Mvc.FromQuery(Name = "scope"), System.ComponentModel.Description("Only clients that are registered for this scope.")]
    public string? Scope { get; init; }
}

/// <summary>What to do to many clients.</summary>
internal sealed record BulkChange
{
    /// <summary><c>enable</c>, <c>disable</c> or <c>delete</c>.</summary>
    public string Action { get; init; } = "";

    public IReadOnlyList<string> ClientIds { get; init; } = [];
}

/// <summary>What became of each.</summary>
internal sealed record BulkOutcome(IReadOnlyList<BulkItem> Items);

/// <summary><c>done</c>, or the code of what prevented it.</summary>
internal sealed record BulkItem(string ClientId, string Outcome, string? Message)
{
    public const string Done = "done";
}

/// <summary>One more secret.</summary>
internal sealed record SecretAddition
{
    public string? Description { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>How long the old secret stays valid beside the new one.</summary>
internal sealed record SecretRotation
{
    public TimeSpan Grace { get; init; }
}

/// <summary>One thing a client used.</summary>
internal sealed record UsageView(string Kind, string Value, long Count, DateTime FirstAt, DateTime LastAt);
