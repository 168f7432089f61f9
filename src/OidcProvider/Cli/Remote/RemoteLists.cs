using OidcProvider.Hosting;

namespace OidcProvider.Cli.Remote;

/// <summary>Lists of the admin API, page after page.</summary>
internal static class RemoteLists
{
    /// <summary>All entries of a list whose path may carry a query already.</summary>
    public static Task<Result<IReadOnlyList<T>>> ListAsync<T>(this RemoteServer server, string path, CancellationToken cancellation) => server.ListAsync(path, item => item.Read<T>(), cancellation);

    public static async Task<Result<IReadOnlyList<T>>> ListAsync<T>(this RemoteServer server, string path, Func<RemoteAnswer, T> read, CancellationToken cancellation)
    {
        List<T> all = [];
        for (string? cursor = null; ;)
        {
            var page = await server.GetAsync(cursor is null ? With(path, "limit", "200") : With(With(path, "limit", "200"), "cursor", cursor), cancellation);
            if (!page.Succeeded)
            {
                return page.Problems.ToList();
            }

            var answer = page.Value.Json!;
            all.AddRange(answer["items"]!.AsArray().Select(item => read(new RemoteAnswer(item!.ToJsonString(), null))));
            if ((string?)answer["next_cursor"] is not { } next || next == cursor)
            {
                return Result.Of<IReadOnlyList<T>>(all);
            }

            cursor = next;
        }
    }

    public static string With(string path, string name, string? value) =>
        value is null ? path : $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{name}={Uri.EscapeDataString(value)}";
}
