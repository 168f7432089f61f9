using OidcProvider.Audit;
using OidcProvider.Cli.Remote;
using OidcProvider.Clients;
using OidcProvider.Clients.Grading;
using OidcProvider.Hosting;

namespace OidcProvider.Cli.Operations;

/// <summary>A client's grade, by its id.</summary>
internal sealed record GradedClient(string ClientId, ClientGrade Grade);

/// <summary>What the command line only looks at: refused requests, the grades of clients. Here or on another server.</summary>
internal interface ILookOperations
{
    Task<Result<ExplainedRequest>> ExplainAsync(string id, CancellationToken cancellation);

    /// <summary>One client's grade, or everybody's.</summary>
    Task<Result<IReadOnlyList<GradedClient>>> GradesAsync(string? only, IProgress<double> progress, CancellationToken cancellation);
}

internal sealed class LocalLooks(RefusedRequests refused, ClientRegistry registry, ClientCatalog catalog, TimeProvider time) : ILookOperations
{
    private const int Page = 500;

    public static ILookOperations Of(IServiceProvider services) => ActivatorUtilities.CreateInstance<LocalLooks>(services);

    public async Task<Result<ExplainedRequest>> ExplainAsync(string id, CancellationToken cancellation) => await refused.FindAsync(id, cancellation) is { } found ? found : RefusedRequests.Unknown;

    public async Task<Result<IReadOnlyList<GradedClient>>> GradesAsync(string? only, IProgress<double> progress, CancellationToken cancellation)
    {
        var now = time.GetUtcNow().UtcDateTime;
        if (only is not null)
        {
            return await registry.FindAsync(only, cancellation) is { } client
                ? Result.Of<IReadOnlyList<GradedClient>>([new(only, ClientGrade.Of(client, await catalog.UsageAsync(client.Id, cancellation), now))])
                : ClientRegistry.Unknown(only);
        }

        List<GradedClient> grades = [];
        for (var (query, more) = (new ClientQuery { Take = Page }, true); more;)
        {
            (var page, more) = await catalog.ListAsync(query, cancellation);
            grades.AddRange(page.Select(listed => new GradedClient(listed.Client.ClientId, ClientGrade.Of(listed.Client, listed.Usage, now))));
            query = more ? query with { After = (page[^1].SortValue, page[^1].Client.Id) } : query;
        }

        return Result.Of<IReadOnlyList<GradedClient>>(grades);
    }
}

internal sealed class RemoteLooks(RemoteServer server) : ILookOperations
{
    public static ILookOperations Of(RemoteServer server) => new RemoteLooks(server);

    public async Task<Result<ExplainedRequest>> ExplainAsync(string id, CancellationToken cancellation) =>
        (await server.GetAsync($"requests/{Uri.EscapeDataString(id)}", cancellation)).Then(answer => answer.Read<ExplainedRequest>());

    public async Task<Result<IReadOnlyList<GradedClient>>> GradesAsync(string? only, IProgress<double> progress, CancellationToken cancellation)
    {
        List<string> ids = only is null ? [] : [only];
        if (only is null)
        {
            var listed = await server.ListAsync("clients", answer => (string)answer.Json!["client_id"]!, cancellation);
            if (!listed.Succeeded)
            {
                return listed.Problems.ToList();
            }

            ids.AddRange(listed.Value);
        }

        List<GradedClient> grades = [];
        foreach (var id in ids)
        {
            var graded = await server.GetAsync($"clients/{Uri.EscapeDataString(id)}/grade", cancellation);
            if (!graded.Succeeded)
            {
                return graded.Problems.ToList();
            }

            grades.Add(new(id, graded.Value.Read<ClientGrade>()));
            progress.Report((double)grades.Count / ids.Count);
        }

        return Result.Of<IReadOnlyList<GradedClient>>(grades);
    }
}
