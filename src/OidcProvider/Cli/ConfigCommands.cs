using System.CommandLine;
using OidcProvider.Hosting;

namespace OidcProvider.Cli;

/// <summary><c>config check|schema</c>: is the configuration good, and what can be in it.</summary>
internal static class ConfigCommands
{
    public static Command Create(CliHost host)
    {
        var check = new Command("check", "Check the configuration as a start would and say everything that is wrong with it.");
        check.SetAction(async (_, _) =>
        {
            await using var app = host.BuildForVerb();
            if (!CliHost.Checked(app.Services, host.Console))
            {
                return CliConsole.Fault;
            }

            await host.Console.Out.WriteLineAsync("ok");
            return CliConsole.Success;
        });

        var schema = new Command("schema", "Write the JSON schema of appsettings.json to standard output.");
        schema.SetAction(async (_, _) =>
        {
            await using var app = host.BuildForVerb();
            await host.Console.Out.WriteAsync(ConfigSchema.Create(app.Services.GetServices<SettingsSection>()));
            return CliConsole.Success;
        });

        return new Command("config", "The configuration.") { check, schema };
    }
}
