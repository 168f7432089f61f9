namespace OidcProvider.Clients;

/// <summary>Who changes clients and scopes: what the audit trail calls them, and whether they may do what only an owner may.</summary>
internal sealed record Editor(string Actor, bool IsOwner)
{
    // A user id says nothing about what its holder may, so it gets the least. What is no user (cli, bootstrap) works on the server itself.
    public static implicit operator Editor(string actor) => new(actor, !Guid.TryParse(actor, out _));
}
