using System.Text.Json.Nodes;

namespace OidcProvider.Tests.Cli;

/// <summary>A configuration in which a client, a user and a webhook are switched off, and several webhooks have one address.</summary>
internal static class SwitchedOff
{
    public const string Users = "https://hooks.example/users", Audit = "https://hooks.example/audit?key=T0K3N";

    public static JsonObject With(JsonObject wanted)
    {
        wanted["clients"]![1]!["disabled"] = true;
        wanted["users"]![1]!["disabled"] = true;
        wanted["webhooks"] = new JsonArray(
            new JsonObject { ["url"] = Audit, ["secret"] = Secret("AUDIT"), ["description"] = "Keeps everything", ["events"] = new JsonArray("*") },
            new JsonObject { ["url"] = Users, ["secret"] = Secret("USERS_2"), ["events"] = new JsonArray("user.*"), ["disabled"] = true },
            new JsonObject { ["url"] = Users, ["secret"] = Secret("USERS"), ["events"] = new JsonArray("key.*", "session.*") });
        return wanted;
    }

    private static string Secret(string name)
    {
        Environment.SetEnvironmentVariable($"OIDC_WEBHOOK_SECRET_HOOKS_EXAMPLE_{name}", $"whsec_{Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(name.PadRight(32, 'x')))}");
        return $"${{env:OIDC_WEBHOOK_SECRET_HOOKS_EXAMPLE_{name}}}";
    }
}
