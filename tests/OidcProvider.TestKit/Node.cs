using System.Data.Common;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.Cli;
using OidcProvider.Data;

namespace OidcProvider.TestKit;

/// <summary>
/// The real server as a process of its own that can be told, by a header, to die at the n-th step of a request: at a database
/// command, before a commit, after a commit. Dying is SIGKILL, so nothing is tidied up.
/// </summary>
public static class Node
{
    /// <summary>Header that names the step to die at, counted from 1.</summary>
    public const string DieAt = "X-Die-At";

    public static Task<int> Main(string[] args) => CommandLine.InvokeAsync(args, arguments => Program.Build(arguments, builder =>
    {
        builder.Services.AddSingleton<Steps>();
        builder.Services.ConfigureDbContext<SqliteDbContext>((services, options) => options.AddInterceptors(services.GetRequiredService<Steps>()));
        builder.Services.ConfigureDbContext<PostgreSqlDbContext>((services, options) => options.AddInterceptors(services.GetRequiredService<Steps>()));
    }));

    private sealed class Steps(IHttpContextAccessor http) : DbCommandInterceptor, IDbTransactionInterceptor
    {
        private static readonly object Taken = new();

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            Step();
            return base.ReaderExecutingAsync(command, eventData, result, cancellationToken);
        }

        public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            Step();
            return base.NonQueryExecutingAsync(command, eventData, result, cancellationToken);
        }

        public ValueTask<InterceptionResult> TransactionCommittingAsync(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
        {
            Step();
            return new(result);
        }

        public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            Step();
            return Task.CompletedTask;
        }

        private void Step()
        {
            if (http.HttpContext is not { } context || !int.TryParse(context.Request.Headers[DieAt], out var at))
            {
                return;
            }

            var taken = (context.Items[Taken] as int? ?? 0) + 1;
            context.Items[Taken] = taken;
            if (taken == at)
            {
                Process.GetCurrentProcess().Kill();
                Thread.Sleep(Timeout.Infinite);
            }
        }
    }
}
