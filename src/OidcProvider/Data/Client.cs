using OpenIddict.EntityFrameworkCore.Models;

namespace OidcProvider.Data;

/// <summary>
/// A registered client. <see cref="Definition"/> is the truth in RFC 7591 words; the columns that OpenIddict reads
/// are derived from it by <c>Clients/ClientRegistry</c>, the only writer.
/// </summary>
public sealed class Client : OpenIddictEntityFrameworkCoreApplication<Guid, Authorization, Token>
{
    /// <summary>The client metadata as JSON, without the secret.</summary>
    public string Definition { get; set; } = "{}";

    public DateTime CreatedAt { get; set; }

    public DateTime UpdatedAt { get; set; }

    public DateTime? DisabledAt { get; set; }
}

/// <summary>Something that lists of clients are narrowed by, a grant type or a scope for instance: written beside the client by <c>Clients/ClientRegistry</c>.</summary>
public sealed class ClientTrait
{
    public const string GrantType = "grant_type", Scope = "scope", ApplicationType = "application_type", Type = "client_type", State = "state", Disabled = "disabled";

    public string Kind { get; set; } = "";

    public string Value { get; set; } = "";

    public Guid ClientId { get; set; }
}

/// <summary>A registered scope with the resources (audiences) and claims it stands for.</summary>
public sealed class Scope : OpenIddictEntityFrameworkCoreScope<Guid>
{
    /// <summary>Names of the user claims the scope releases, as a JSON array.</summary>
    public string Claims { get; set; } = "[]";
}

/// <summary>What one sign-in granted one client: the root of a code, its refresh family and its access tokens.</summary>
public sealed class Authorization : OpenIddictEntityFrameworkCoreAuthorization<Guid, Client, Token>
{
    /// <summary>The session it was granted in; ending the session revokes it, unless it is offline access.</summary>
    public Guid? SessionId { get; set; }

    /// <summary>The client. OpenIddict keeps it as a shadow property; the hot path writes and reads rows without the change tracker.</summary>
    public Guid? ApplicationId { get; set; }
}

/// <summary>A code, refresh token, device code, user code or pushed request; JWT access and ID tokens have no row.</summary>
public sealed class Token : OpenIddictEntityFrameworkCoreToken<Guid, Client, Authorization>
{
    /// <summary>When a device last asked for this device code.</summary>
    public DateTime? PolledAt { get; set; }

    /// <summary>Seconds a device must wait between two questions; grows with every <c>slow_down</c> (RFC 8628 §3.5).</summary>
    public int PollInterval { get; set; }

    /// <summary>The refresh token that replaced this one, readable only with this one in hand.</summary>
    public byte[]? Successor { get; set; }

    public Guid? SuccessorId { get; set; }

    public Guid? ApplicationId { get; set; }

    public Guid? AuthorizationId { get; set; }
}
