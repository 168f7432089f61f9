namespace OidcProvider.Data;

/// <summary>How often something was tried within a window: a sign-in to one account, from one address, a client's secret.</summary>
public sealed class Attempt
{
    /// <summary>What is counted: kind and hashed subject. Names and addresses are not kept in clear.</summary>
    public string Id { get; set; } = "";

    public int Count { get; set; }

    public DateTime WindowEndsAt { get; set; }
}
