using OidcProvider.Admin.ApiKeys;
using OidcProvider.ApiKeys;
using OidcProvider.Cli.Remote;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Users;

namespace OidcProvider.Cli.Operations;

/// <summary>What the command line does with API keys, here or on another server.</summary>
internal interface IApiKeyOperations
{
    Task<Result<IReadOnlyList<ApiKeyView>>> ListAsync(string? search, string? state, CancellationToken cancellation);

    /// <summary>The key is in the answer this once.</summary>
    Task<Result<MadeApiKey>> MakeAsync(string user, string name, string scope, int? days, CancellationToken cancellation);

    Task<Result<ApiKeyView>> RevokeAsync(Guid id, CancellationToken cancellation);
}

internal sealed class LocalApiKeys(AppDbContext database, ApiKeyRegistry registry, UserDirectory users, TimeProvider time) : IApiKeyOperations
{
    public static IApiKeyOperations Of(IServiceProvider services) => ActivatorUtilities.CreateInstance<LocalApiKeys>(services);

    public async Task<Result<IReadOnlyList<ApiKeyView>>> ListAsync(string? search, string? state, CancellationToken cancellation) =>
        Result.Of(await ApiKeyLists.ListAsync(database, new(search, state, Take: int.MaxValue), time.GetUtcNow().UtcDateTime, cancellation));

    public async Task<Result<MadeApiKey>> MakeAsync(string user, string name, string scope, int? days, CancellationToken cancellation)
    {
        if (await users.FindByNameAsync(user, cancellation) is not { } holder)
        {
            return UserDirectory.Unknown(user, "user");
        }

        var end = days is { } given ? time.GetUtcNow().UtcDateTime.AddDays(given) : (DateTime?)null;
        var made = await registry.MakeAsync(holder, new ApiKeyRequest(name, scope.Split(' ', StringSplitOptions.RemoveEmptyEntries), end), ApiKeyMaker.Local(CliHost.Actor), cancellation);
        return made.Then(value => new MadeApiKey(value.Key, value.View));
    }

    public Task<Result<ApiKeyView>> RevokeAsync(Guid id, CancellationToken cancellation) => registry.RevokeAsync(id, CliHost.Actor, cancellation: cancellation);
}

internal sealed class RemoteApiKeys(RemoteServer server) : IApiKeyOperations
{
    public static IApiKeyOperations Of(RemoteServer server) => new RemoteApiKeys(server);

    public Task<Result<IReadOnlyList<ApiKeyView>>> ListAsync(string? search, string? state, CancellationToken cancellation) =>
        server.ListAsync<ApiKeyView>(RemoteLists.With(RemoteLists.With("api-keys", "q", search), "state", state), cancellation);

    public async Task<Result<MadeApiKey>> MakeAsync(string user, string name, string scope, int? days, CancellationToken cancellation) =>
        (await server.PostAsync("api-keys", new NewApiKey(name, scope, user, days is { } given ? TimeProvider.System.GetUtcNow().AddDays(given) : null), cancellation)).Then(answer => answer.Read<MadeApiKey>());

    public async Task<Result<ApiKeyView>> RevokeAsync(Guid id, CancellationToken cancellation) =>
        (await server.DeleteAsync($"api-keys/{id}", cancellation)).Then(answer => answer.Read<ApiKeyView>());
}
