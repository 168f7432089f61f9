using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Users;
using Spectre.Console;

namespace OidcProvider.Cli;

/// <summary><c>user list|add|disable|enable|reset-mfa|unlock</c>.</summary>
internal static class UserCommands
{
    private static readonly Option<bool> Json = new("--json") { Description = "Write JSON to standard output.", Recursive = true };

    public static Command Create(CliHost host) => new("user", "Accounts.")
    {
        Json, List(host), Add(host),
        Switch(host, "disable", "disabled", "Bar an account from everything.", (standing, name, cancellation) => standing.DisableAsync(name, CliHost.Actor, cancellation)),
        Switch(host, "enable", "enabled", "Let a barred account in again.", (standing, name, cancellation) => standing.EnableAsync(name, CliHost.Actor, cancellation)),
        Switch(host, "reset-mfa", "has no second factor any more and is signed out", "Take all second factors of an account away, for a user who lost them.", (standing, name, cancellation) => standing.ResetFactorsAsync(name, CliHost.Actor, cancellation)),
        Switch(host, "unlock", "unlocked", "Unlock an account that had too many failed sign-ins.", (standing, name, cancellation) => standing.UnlockAsync(name, CliHost.Actor, cancellation)),
    };

    private static Command List(CliHost host)
    {
        var search = new Option<string?>("--search") { Description = "Part of the address or of the name." };
        var command = new Command("list", "List the accounts.") { search };
        command.SetAction(host.WithDatabase(async (parsed, services, cancellation) =>
        {
            var directory = services.GetRequiredService<UserDirectory>();
            List<JsonObject> shown = [];
            foreach (var user in await directory.ListAsync(parsed.GetValue(search), 0, int.MaxValue, cancellation))
            {
                shown.Add(Shown(user, await directory.RolesOfAsync(user, cancellation), null));
            }

            if (parsed.GetValue(Json))
            {
                host.Console.Json(new JsonArray([.. shown]));
            }
            else
            {
                host.Console.Table(["sub", "email", "name", "roles", "state"], shown.Select(user => new[]
                {
                    user["sub"]!.ToString(), user["email"]!.ToString(), user["name"]?.ToString(), string.Join(' ', user["roles"]!.AsArray()), user["disabled"] is null ? "" : "disabled",
                }));
            }

            return CliConsole.Success;
        }));
        return command;
    }

    private static Command Add(CliHost host)
    {
        var metadata = new MetadataOptions<UserDefinition>("password");
        var fromInput = new Option<bool>("--password-stdin") { Description = "Read the password from the first line of standard input." };
        var command = new Command("add", "Make an account. Without --password-stdin the password is asked for, or made and shown once.") { fromInput };
        metadata.AddTo(command);
        command.SetAction(host.WithDatabase(async (parsed, services, cancellation) =>
        {
            var read = metadata.Read(parsed, []);
            if (!read.Succeeded)
            {
                return host.Console.Refuse(read.Problems);
            }

            var given = await PasswordAsync(host.Console, parsed.GetValue(fromInput));
            var password = given ?? WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(18));
            var added = await services.GetRequiredService<UserDirectory>().AddAsync(read.Value with { Password = password }, CliHost.Actor, cancellation);
            if (!added.Succeeded)
            {
                return host.Console.Refuse(added.Problems);
            }

            Print(host, parsed, Shown(added.Value, read.Value.Roles ?? [], given is null ? password : null));
            host.Console.Say($"User '{added.Value.Email}' added.{(given is null ? " The password is shown now and never again." : "")}");
            return CliConsole.Success;
        }));
        return command;
    }

    private static async Task<string?> PasswordAsync(CliConsole console, bool fromInput)
    {
        if (fromInput)
        {
            return await console.In.ReadLineAsync() ?? "";
        }

        if (!console.Interactive)
        {
            return null;
        }

        var prompt = new TextPrompt<string>("Password (empty: one is made)").Secret().AllowEmpty();
        var terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(console.Error) });
        var typed = await terminal.PromptAsync(prompt);
        return typed.Length == 0 ? null : typed;
    }

    private static Command Switch(CliHost host, string verb, string done, string description, Func<UserStanding, string, CancellationToken, Task<Result<User>>> action)
    {
        var name = new Argument<string>("email") { Description = "The account's address." };
        var command = new Command(verb, description) { name };
        command.SetAction(host.WithDatabase(async (parsed, services, cancellation) =>
        {
            var standing = services.GetRequiredService<UserStanding>();
            var result = await action(standing, parsed.GetValue(name)!, cancellation);
            if (!result.Succeeded)
            {
                return host.Console.Refuse(result.Problems);
            }

            Print(host, parsed, Shown(result.Value, await services.GetRequiredService<UserDirectory>().RolesOfAsync(result.Value, cancellation), null));
            host.Console.Say($"User '{result.Value.Email}' {done}.");
            return CliConsole.Success;
        }));
        return command;
    }

    private static void Print(CliHost host, ParseResult parsed, JsonObject user)
    {
        if (parsed.GetValue(Json))
        {
            host.Console.Json(user);
            return;
        }

        host.Console.Table(["name", "value"], user.Select(member => new[] { member.Key, member.Value is JsonArray list ? string.Join(' ', list) : member.Value?.ToString() }));
    }

    private static JsonObject Shown(User user, IReadOnlyList<string> roles, string? password)
    {
        var shown = new JsonObject { ["sub"] = user.Id.ToString(), ["email"] = user.Email, ["email_verified"] = user.EmailConfirmed };
        if (password is not null)
        {
            shown["password"] = password;
        }

        if (user.DisplayName is not null)
        {
            shown["name"] = user.DisplayName;
        }

        shown["roles"] = new JsonArray([.. roles.Select(role => JsonValue.Create(role))]);
        if (user.DisabledAt is not null)
        {
            shown["disabled"] = true;
        }

        return shown;
    }
}
