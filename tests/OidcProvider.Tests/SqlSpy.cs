using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.TestKit;

namespace OidcProvider.Tests;

/// <summary>Notes the statements that the requests to one server make, each by its verb: what an observer could tell apart by time.</summary>
internal sealed class SqlSpy : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private readonly ConcurrentQueue<string> _verbs = [];
    private readonly ConcurrentBag<IDisposable> _subscriptions = [];
    private readonly IHttpContextAccessor _http;
    private readonly int _port;

    public SqlSpy(ProviderHost host)
    {
        (_http, _port) = (host.Services.GetRequiredService<IHttpContextAccessor>(), host.Issuer.Port);
        _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
    }

    /// <summary>What was noted since the last call.</summary>
    public string Take()
    {
        List<string> verbs = [];
        while (_verbs.TryDequeue(out var verb))
        {
            verbs.Add(verb);
        }

        return string.Join(' ', verbs);
    }

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "Microsoft.EntityFrameworkCore")
        {
            _subscriptions.Add(value.Subscribe(this));
        }
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (_http.HttpContext?.Request.Host.Port != _port)
        {
            return;
        }

        if (value.Value is CommandExecutedEventData command)
        {
            _verbs.Enqueue(command.Command.CommandText.TrimStart().Split(' ', '\n')[0]);
        }
        else if (value.Key == RelationalEventId.TransactionCommitted.Name)
        {
            _verbs.Enqueue("COMMIT");
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    public void Dispose()
    {
        foreach (var subscription in _subscriptions)
        {
            subscription.Dispose();
        }
    }
}
