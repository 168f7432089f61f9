using System.CommandLine;
using System.Text.Json.Nodes;

namespace OidcProvider.Cli;

/// <summary><c>login|logout|whoami</c>: who the command line is on another server.</summary>
internal static class SignInCommands
{
    private static readonly Option<bool> Json = new("--json") { Description = "Write JSON to standard output." };

    public static Command Login(CliHost host)
    {
        var command = new Command("login", "Sign in to the server named by --server, on any browser, and keep the tokens for this user of this machine.");
        command.SetAction(host.WithServer(async (_, server, cancellation) =>
        {
            await server.SignInAsync(fresh: false, cancellation);
            host.Console.Say($"Signed in to {server.Address.AbsoluteUri.TrimEnd('/')}. Tokens are kept in {server.Cache.Path}.");
            return CliConsole.Success;
        }));
        return command;
    }

    public static Command Logout(CliHost host)
    {
        var command = new Command("logout", "Withdraw and forget the tokens for the server named by --server.");
        command.SetAction(host.WithServer(async (_, server, cancellation) =>
        {
            if (server.Cache.Read() is not { Succeeded: true, Value: { } tokens })
            {
                server.Cache.Forget();
                host.Console.Say("Nobody was signed in.");
                return CliConsole.Success;
            }

            // Forgotten in any case; a server that cannot be reached must not keep them here.
            server.Cache.Forget();
            await server.Tokens.RevokeAsync(tokens, cancellation);
            host.Console.Say("Signed out.");
            return CliConsole.Success;
        }));
        return command;
    }

    public static Command WhoAmI(CliHost host)
    {
        var command = new Command("whoami", "Show who is signed in to the server named by --server, and their roles.") { Json };
        command.SetAction(host.WithServer(async (parsed, server, cancellation) =>
        {
            var answer = await server.SendAsync(await server.Tokens.EndpointAsync("userinfo_endpoint", cancellation), HttpMethod.Get, null, null, cancellation);
            if (!answer.Succeeded)
            {
                return host.Console.Refuse(answer.Problems);
            }

            var user = answer.Value.Json!.AsObject();
            var shown = new JsonObject
            {
                ["server"] = server.Address.AbsoluteUri.TrimEnd('/'), ["sub"] = (string?)user["sub"], ["name"] = (string?)user["name"], ["email"] = (string?)user["email"], ["roles"] = user["roles"]?.DeepClone(),
            };
            if (parsed.GetValue(Json))
            {
                host.Console.Json(shown);
            }
            else
            {
                host.Console.Table(["name", "value"], shown.Select(member => new[] { member.Key, member.Value is JsonArray list ? string.Join(' ', list) : member.Value?.ToString() }));
            }

            return CliConsole.Success;
        }));
        return command;
    }
}
