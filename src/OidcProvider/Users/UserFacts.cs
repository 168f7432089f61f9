using System.Text.Json;
using System.Text.Json.Nodes;
using OidcProvider.Data;

namespace OidcProvider.Users;

/// <summary>What the audit trail may say of an account before and after a change. Pure. No hash, no seed, no stamp is ever in it.</summary>
internal static class UserFacts
{
    public static JsonObject Of(User user, IReadOnlyList<string> roles)
    {
        var facts = JsonSerializer.SerializeToNode(UserColumns.Read(user, [.. roles.Order(StringComparer.Ordinal)]), UserJson.Options)!.AsObject();
        facts["disabled"] = user.DisabledAt is not null;
        return facts;
    }

    /// <summary>What is kept of an account that was removed: enough to know whose it was, no more.</summary>
    public static JsonObject OfRemoved(User user) => new() { ["email"] = user.Email, ["disabled"] = user.DisabledAt is not null };
}
