using System.Text.Json;
using OidcProvider.Cli.Remote;
using OidcProvider.Clients;
using OidcProvider.Declarations;
using OidcProvider.Hosting;

namespace OidcProvider.Cli.Operations;

/// <summary>What the command line does with the configuration as a file, here or on another server.</summary>
internal interface IConfigurationOperations
{
    Task<Result<string>> ExportAsync(bool yaml, bool withUsers, CancellationToken cancellation);

    Task<Result<Plan>> PlanAsync(BootstrapFile file, bool prune, CancellationToken cancellation);

    /// <summary>Applies what the plan was made of, unless the server has changed since.</summary>
    Task<Result<Plan>> ApplyAsync(BootstrapFile file, bool prune, Plan seen, IProgress<double> progress, CancellationToken cancellation);
}

internal sealed class LocalConfiguration(Declaration declaration, Bootstrap bootstrap) : IConfigurationOperations
{
    public static IConfigurationOperations Of(IServiceProvider services) => new LocalConfiguration(services.GetRequiredService<Declaration>(), services.GetRequiredService<Bootstrap>());

    public async Task<Result<string>> ExportAsync(bool yaml, bool withUsers, CancellationToken cancellation)
    {
        var file = await declaration.ExportAsync(withUsers, cancellation);
        return yaml ? Yaml.Write(file) : Equivalent.Write(file);
    }

    public async Task<Result<Plan>> PlanAsync(BootstrapFile file, bool prune, CancellationToken cancellation) =>
        await bootstrap.CheckAsync(file, cancellation) is { Count: > 0 } faults ? faults : await declaration.PlanAsync(file, prune, withSecrets: true, cancellation);

    public async Task<Result<Plan>> ApplyAsync(BootstrapFile file, bool prune, Plan seen, IProgress<double> progress, CancellationToken cancellation)
    {
        var faults = await bootstrap.ApplyAsync(file, new ApplyOptions(ExistingUsers.Update, prune, CliHost.Actor, progress), cancellation);
        return faults.Count == 0 ? seen : faults.ToList();
    }
}

internal sealed class RemoteConfiguration(RemoteServer server) : IConfigurationOperations
{
    public static IConfigurationOperations Of(RemoteServer server) => new RemoteConfiguration(server);

    public async Task<Result<string>> ExportAsync(bool yaml, bool withUsers, CancellationToken cancellation) =>
        (await server.GetAsync($"configuration?format={(yaml ? "yaml" : "json")}&users={(withUsers ? "true" : "false")}", cancellation)).Then(answer => answer.Text);

    public async Task<Result<Plan>> PlanAsync(BootstrapFile file, bool prune, CancellationToken cancellation) =>
        (await server.SendAsync(HttpMethod.Post, Path("plan", prune), Body(file), null, cancellation)).Then(answer => answer.Read<Plan>());

    public async Task<Result<Plan>> ApplyAsync(BootstrapFile file, bool prune, Plan seen, IProgress<double> progress, CancellationToken cancellation)
    {
        // One request, one transaction: there is nothing to count in between.
        var applied = await server.SendAsync(HttpMethod.Post, Path("apply", prune), Body(file), seen.Version, cancellation);
        progress.Report(1);
        return applied.Then(answer => answer.Read<Plan>());
    }

    private static string Path(string verb, bool prune) => $"configuration/{verb}?prune={(prune ? "true" : "false")}";

    private static string Body(BootstrapFile file) => JsonSerializer.Serialize(file, ClientJson.Options);
}
