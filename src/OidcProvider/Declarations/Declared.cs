using OidcProvider.Clients;
using OidcProvider.Users;

namespace OidcProvider.Declarations;

/// <summary>A client as a file has it.</summary>
internal sealed record DeclaredClient : ClientDefinition
{
    /// <summary>Switched off. What a file does not say means that it is on; see <see cref="ApplyOptions.Off"/>.</summary>
    public bool? Disabled { get; init; }
}

/// <summary>A user as a file has one.</summary>
internal sealed record DeclaredUser : UserDefinition
{
    /// <summary>Barred. What a file does not say means that they are not; see <see cref="ApplyOptions.Off"/>.</summary>
    public bool? Disabled { get; init; }
}

/// <summary>A webhook as a file has one.</summary>
internal sealed record DeclaredWebhook
{
    public string Url { get; init; } = "";

    /// <summary>Needed for a new webhook; without it a stored one stays.</summary>
    public string? Secret { get; init; }

    public string? Description { get; init; }

    public IReadOnlyList<string> Events { get; init; } = [];

    /// <summary>Switched off. What a file does not say means that it is on; see <see cref="ApplyOptions.Off"/>.</summary>
    public bool? Disabled { get; init; }

    // A secret must not reach a log through a careless interpolation.
    public override string ToString() => Url;
}
