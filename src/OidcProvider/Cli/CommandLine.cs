using System.CommandLine;
using System.Reflection;
using Microsoft.Extensions.Options;
using OidcProvider.Cli.Remote;

namespace OidcProvider.Cli;

/// <summary>
/// Owns the verbs of the executable. Without a verb it serves. Exit codes: 0 done, 1 fault, 2 wrong usage.
/// Verbs call the same registries as the pages and the API do; nothing here decides anything.
/// </summary>
internal static class CommandLine
{
    private static readonly string[] Local = ["serve", "migrate", "config", "completion"];

    public static async Task<int> InvokeAsync(string[] args, Func<string[], WebApplication> build, CliConsole? console = null)
    {
        console ??= CliConsole.System();
        var (settings, rest) = ConfigurationArguments.Split(args);
        var host = new CliHost(build, settings, console);
        // Whoever just serves does not wait until all verbs are put together.
        return rest is [] or ["serve"]
            ? await ReportedAsync(() => ServeCommand.RunAsync(host, CancellationToken.None), console, verbose: false)
            : await ParseAsync(host, rest, console);
    }

    private static async Task<int> ParseAsync(CliHost host, string[] rest, CliConsole console)
    {
        var verbose = new Option<bool>("--verbose") { Description = "Show where a failure came from.", Recursive = true };
        var parsed = Create(host, verbose).Parse(rest);
        // A shell asks about lines that are not complete yet.
        var wrong = parsed.Errors.Count > 0 && rest is not [['[', 's', 'u', 'g', 'g', 'e', 's', 't', ..], ..];
        if (!wrong && parsed.GetResult(CliHost.Server) is { Implicit: false } && Chain(parsed.CommandResult).Any(name => Local.Contains(name)))
        {
            console.Say("This verb works on this machine only. Leave out --server.");
            return CliConsole.Usage;
        }

        var configuration = new InvocationConfiguration
        {
            Output = wrong ? console.Error : console.Out,
            Error = console.Error,
            EnableDefaultExceptionHandler = false,
            // The host has its own orderly way to end; the parser must not cut it short.
            ProcessTerminationTimeout = null,
        };

        var code = await ReportedAsync(() => parsed.InvokeAsync(configuration), console, parsed.GetValue(verbose));
        return wrong ? CliConsole.Usage : code;
    }

    private static async Task<int> ReportedAsync(Func<Task<int>> action, CliConsole console, bool verbose)
    {
        try
        {
            return await action();
        }
        catch (RemoteFault fault)
        {
            return console.Refuse(fault.Problems);
        }
        catch (Exception fault) when (fault is not HostAbortedException) // `dotnet ef` and test hosts end a build that way
        {
            Report(fault, console, verbose);
            return CliConsole.Fault;
        }
    }

    // The verb and those it belongs to.
    private static IEnumerable<string> Chain(System.CommandLine.Parsing.SymbolResult? result)
    {
        for (; result is System.CommandLine.Parsing.CommandResult command; result = result.Parent)
        {
            yield return command.Command.Name;
        }
    }

    private static RootCommand Create(CliHost host, Option<bool> verbose)
    {
        var root = new RootCommand("OAuth 2.x and OpenID Connect server. Settings are given as --Key value or --Section:Key value.")
        {
            verbose, CliHost.Server,
            ServeCommand.Create(host),
            MigrateCommand.Create(host),
            ConfigCommands.Create(host),
            ClientCommands.Create(host),
            UserCommands.Create(host),
            KeyCommands.Create(host),
            ApiKeyCommands.Create(host),
            WebhookCommands.Create(host),
            DeclarationCommands.Export(host), DeclarationCommands.Apply(host), DeclarationCommands.Drift(host),
            ExplainCommand.Create(host), DoctorCommand.Create(host),
            SignInCommands.Login(host), SignInCommands.Logout(host), SignInCommands.WhoAmI(host),
            CompletionCommand.Create(host),
        };
        root.SetAction((_, cancellation) => ServeCommand.RunAsync(host, cancellation));
        return root;
    }

    private static void Report(Exception fault, CliConsole console, bool verbose)
    {
        if (verbose)
        {
            console.Say(fault.ToString());
            return;
        }

        // What a wrapper wraps says more than the wrapper.
        var cause = fault;
        while (cause is AggregateException or TargetInvocationException or Microsoft.EntityFrameworkCore.DbUpdateException && cause.InnerException is { } inner)
        {
            cause = inner;
        }

        var lines = cause is OptionsValidationException options ? options.Failures : [cause.Message.ReplaceLineEndings(" ")];
        foreach (var line in lines)
        {
            console.Say($"error: {line}");
        }
    }
}
