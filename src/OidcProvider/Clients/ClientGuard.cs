using OidcProvider.Hosting;

namespace OidcProvider.Clients;

/// <summary>
/// What an editor may do to a client (attack H03). Pure. Whoever may register clients could otherwise give one of their own the power over this
/// server, or take over one that has it; so what holds such power is the owner's alone, and what the server brought is nobody's.
/// </summary>
internal static class ClientGuard
{
    public const string Forbidden = "client_forbidden";

    /// <param name="editor">Who.</param>
    /// <param name="before">The client as it is; null when it is being made.</param>
    /// <param name="after">The client as it would be; null when it is being removed.</param>
    public static Problem? Fault(Editor editor, ClientDefinition? before, ClientDefinition? after)
    {
        if (BuiltInClients.Contains((before ?? after)?.ClientId) && editor.Actor != BuiltInClients.Actor)
        {
            return new(Forbidden, "this client belongs to the server and cannot be changed", "client_id");
        }

        if (editor.IsOwner)
        {
            return null;
        }

        if (before is not null && Administers(before))
        {
            return new(Forbidden, "this client may administer the server; only an owner changes it", "client_id");
        }

        return after is not null && Administers(after)
            ? new(Forbidden, "only an owner gives a client scopes that administer the server", "scope")
            : null;
    }

    /// <summary>Whether tokens of the client can carry power over this server.</summary>
    public static bool Administers(ClientDefinition client) => client.Scopes().Any(StandardScopes.IsAdministrative);
}
