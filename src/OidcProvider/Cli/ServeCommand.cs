using System.CommandLine;
using OidcProvider.Declarations;
using OidcProvider.Keys;

namespace OidcProvider.Cli;

/// <summary>Checks, prepares, listens. Whatever is wrong is said before the first request can arrive.</summary>
internal static class ServeCommand
{
    public static Command Create(CliHost host)
    {
        var command = new Command("serve", "Start the server (the default).");
        command.SetAction((_, cancellation) => RunAsync(host, cancellation));
        return command;
    }

    public static async Task<int> RunAsync(CliHost host, CancellationToken cancellation)
    {
        await using var app = host.BuildServer();
        if (!CliHost.Checked(app.Services, host.Console) || !await PrepareAsync(app.Services, host.Console, cancellation))
        {
            return CliConsole.Fault;
        }

        await app.StartAsync(cancellation);
        await app.Services.GetRequiredService<DemoData>().PrintAsync(host.Console.Out);
        await app.WaitForShutdownAsync(cancellation);
        return CliConsole.Success;
    }

    /// <summary>The steps before listening, in order. Each is idempotent and safe when several nodes start at once.</summary>
    internal static async Task<bool> PrepareAsync(IServiceProvider services, CliConsole console, CancellationToken cancellation)
    {
        await using var scope = services.CreateAsyncScope();
        if (!await CliHost.EnsureSchemaAsync(scope.ServiceProvider, console, cancellation))
        {
            return false;
        }

        await services.GetRequiredService<KeyRing>().EnsureAsync(cancellation);
        return await BootstrapAsync(scope.ServiceProvider, console, cancellation);
    }

    private static async Task<bool> BootstrapAsync(IServiceProvider services, CliConsole console, CancellationToken cancellation)
    {
        var builtIns = await services.GetRequiredService<BuiltIns>().EnsureAsync(cancellation);
        if (builtIns.Count > 0)
        {
            console.Refuse(builtIns);
            return false;
        }

        var demo = services.GetRequiredService<DemoData>();
        var faults = demo.Wanted
            ? await services.GetRequiredService<Bootstrap>().ApplyAsync(demo.EnsureFile(), ExistingUsers.Keep, cancellation)
            : await services.GetRequiredService<Bootstrap>().ApplySettingAsync(cancellation);
        console.Refuse(faults);
        return faults.Count == 0;
    }
}
