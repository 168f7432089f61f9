using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using OidcProvider.Cli.Operations;
using OidcProvider.Users;
using Spectre.Console;

namespace OidcProvider.Cli;

/// <summary><c>user list|show|add|disable|enable|reset-mfa|unlock|make-owner|remove</c>.</summary>
internal static class UserCommands
{
    private static readonly Option<bool> Json = new("--json") { Description = "Write JSON to standard output.", Recursive = true };

    public static Command Create(CliHost host) => new("user", "Accounts.")
    {
        Json, List(host), Show(host), Add(host), Remove(host),
        Switch(host, "disable", "disabled", "Bar an account from everything.", UserAct.Disable),
        Switch(host, "enable", "enabled", "Let a barred account in again.", UserAct.Enable),
        Switch(host, "reset-mfa", "has no second factor any more and is signed out", "Take all second factors of an account away, for a user who lost them.", UserAct.ResetFactors),
        Switch(host, "unlock", "unlocked", "Unlock an account that had too many failed sign-ins.", UserAct.Unlock),
        Switch(host, "make-owner", "is an owner", "Give an account the role that may do everything, for the first owner or after all were lost.", UserAct.MakeOwner),
    };

    private static Command List(CliHost host)
    {
        var search = new Option<string?>("--search") { Description = "The beginning of the address or of the name." };
        var role = new Option<string?>("--role") { Description = "Only holders of this role." };
        var disabled = new Option<bool>("--disabled") { Description = "Only barred accounts." };
        var command = new Command("list", "List the accounts.") { search, role, disabled };
        command.SetAction(host.With(LocalUsers.Of, RemoteUsers.Of, async (parsed, users, cancellation) =>
        {
            var found = await users.ListAsync(new UserWish(parsed.GetValue(search), parsed.GetValue(role), parsed.GetValue(disabled)), cancellation);
            if (!found.Succeeded)
            {
                return host.Console.Refuse(found.Problems);
            }

            List<JsonObject> shown = [.. found.Value.Select(user => Shown(user))];
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

    private static Command Show(CliHost host)
    {
        var name = new Argument<string>("email") { Description = "The account's address." };
        var command = new Command("show", "Show an account.") { name };
        command.SetAction(host.With(LocalUsers.Of, RemoteUsers.Of, async (parsed, users, cancellation) =>
        {
            var found = await users.FindAsync(parsed.GetValue(name)!, cancellation);
            if (!found.Succeeded)
            {
                return host.Console.Refuse(found.Problems);
            }

            var shown = Shown(found.Value);
            if (found.Value.Factors is { } factors)
            {
                (shown["authenticator"], shown["passkeys"], shown["recovery_codes"]) = (factors.Authenticator, factors.Passkeys, factors.RecoveryCodes);
            }

            Print(host, parsed, shown);
            return CliConsole.Success;
        }));
        return command;
    }

    private static Command Remove(CliHost host)
    {
        var name = new Argument<string>("email") { Description = "The account's address." };
        var yes = new Option<bool>("--yes") { Description = "Do not ask." };
        var command = new Command("remove", "Delete an account with its sessions, grants and sign-in methods.") { name, yes };
        command.SetAction(host.With(LocalUsers.Of, RemoteUsers.Of, async (parsed, users, cancellation) =>
        {
            var found = await users.FindAsync(parsed.GetValue(name)!, cancellation);
            var ends = found.Succeeded ? await users.CountAsync(found.Value, cancellation) : found.Problems.ToList();
            if (!ends.Succeeded)
            {
                return host.Console.Refuse(ends.Problems);
            }

            var (sessions, apps) = ends.Value;
            if (host.Console.Hold($"Delete '{found.Value.Email}' for good? {sessions} live sessions and {apps} apps lose access.", parsed.GetValue(yes)) is { } stopped)
            {
                return stopped;
            }

            if (await users.RemoveAsync(found.Value, cancellation) is { } refused)
            {
                return host.Console.Refuse([refused]);
            }

            Print(host, parsed, Shown(found.Value));
            host.Console.Say($"User '{found.Value.Email}' removed.");
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
        command.SetAction(host.With(LocalUsers.Of, RemoteUsers.Of, async (parsed, users, cancellation) =>
        {
            var read = metadata.Read(parsed, []);
            if (!read.Succeeded)
            {
                return host.Console.Refuse(read.Problems);
            }

            var given = await PasswordAsync(host.Console, parsed.GetValue(fromInput));
            var password = given ?? WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(18));
            var added = await users.AddAsync(read.Value with { Password = password }, cancellation);
            if (!added.Succeeded)
            {
                return host.Console.Refuse(added.Problems);
            }

            Print(host, parsed, Shown(added.Value, given is null ? password : null));
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

    private static Command Switch(CliHost host, string verb, string done, string description, UserAct act)
    {
        var name = new Argument<string>("email") { Description = "The account's address." };
        var command = new Command(verb, description) { name };
        command.SetAction(host.With(LocalUsers.Of, RemoteUsers.Of, async (parsed, users, cancellation) =>
        {
            var found = await users.FindAsync(parsed.GetValue(name)!, cancellation);
            var result = found.Succeeded ? await users.ActAsync(found.Value, act, cancellation) : found;
            if (!result.Succeeded)
            {
                return host.Console.Refuse(result.Problems);
            }

            Print(host, parsed, Shown(result.Value));
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

    private static JsonObject Shown(ShownUser user, string? password = null)
    {
        var shown = new JsonObject { ["sub"] = user.Id.ToString(), ["email"] = user.Email, ["email_verified"] = user.EmailVerified };
        if (password is not null)
        {
            shown["password"] = password;
        }

        if (user.Name is not null)
        {
            shown["name"] = user.Name;
        }

        shown["roles"] = new JsonArray([.. user.Roles.Select(role => JsonValue.Create(role))]);
        if (user.Disabled)
        {
            shown["disabled"] = true;
        }

        return shown;
    }
}
