using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OidcProvider.Protocol;

/// <summary>
/// Runs the engine's handlers from plans made once. The engine's own dispatcher walks all of some three hundred descriptors and asks
/// the container for every filter at each of about fifteen dispatches a request, which is a third of the time of a token.
/// What runs, and in which order, is the same.
/// </summary>
internal sealed class PlannedDispatcher(DispatchPlans plans, IServiceProvider request) : IOpenIddictServerDispatcher
{
    private DispatchPlan? _plan;

    public async ValueTask DispatchAsync<TContext>(TContext context) where TContext : BaseContext
    {
        foreach (var step in Plan(context.Transaction.Options).Steps<TContext>())
        {
            var active = true;
            foreach (var filter in step.Filters)
            {
                // Hardly a filter waits for anything.
                var answer = filter(context);
                if (!(answer.IsCompletedSuccessfully ? answer.Result : await answer))
                {
                    active = false;
                    break;
                }
            }

            if (!active)
            {
                continue;
            }

            await (step.Shared is { } handle ? handle(context) : ((IOpenIddictServerHandler<TContext>)request.GetRequiredService(step.Service)).HandleAsync(context));
            if (context is BaseRequestContext { IsRequestHandled: true } or BaseRequestContext { IsRequestSkipped: true } or BaseValidatingContext { IsRejected: true })
            {
                return;
            }
        }
    }

    // One request hardly ever sees two sets of options.
    private DispatchPlan Plan(OpenIddictServerOptions options) => _plan is { } plan && ReferenceEquals(plan.Options, options) ? plan : _plan = plans.For(options);
}

/// <summary>
/// One handler of a plan: shared when it is a singleton, resolved for each request otherwise. Delegates, because a call through an interface from
/// one place to hundreds of classes is looked up in a table each time.
/// </summary>
internal sealed record DispatchStep<TContext>(Type Service, Func<TContext, ValueTask>? Shared, Func<TContext, ValueTask<bool>>[] Filters) where TContext : BaseContext;

/// <summary>The plans made from one set of options, one for each context type.</summary>
internal sealed class DispatchPlan(OpenIddictServerOptions options, IServiceProvider root)
{
    private readonly ConcurrentDictionary<Type, object> _steps = [];

    public OpenIddictServerOptions Options => options;

    public DispatchStep<TContext>[] Steps<TContext>() where TContext : BaseContext =>
        (DispatchStep<TContext>[])(_steps.TryGetValue(typeof(TContext), out var steps) ? steps : _steps.GetOrAdd(typeof(TContext), Make<TContext>()));

    // The engine has sorted the descriptors when it built the options.
    private DispatchStep<TContext>[] Make<TContext>() where TContext : BaseContext =>
        [.. options.Handlers.Where(handler => handler.ContextType == typeof(TContext)).Select(handler => new DispatchStep<TContext>(
            handler.ServiceDescriptor.ServiceType,
            Shared<TContext>(handler.ServiceDescriptor) is { } shared ? shared.HandleAsync : null,
            [.. handler.FilterTypes.Select(filter => (Func<TContext, ValueTask<bool>>)((IOpenIddictServerHandlerFilter<TContext>)root.GetRequiredService(filter)).IsActiveAsync)]))];

    private IOpenIddictServerHandler<TContext>? Shared<TContext>(ServiceDescriptor descriptor) where TContext : BaseContext =>
        descriptor.ImplementationInstance as IOpenIddictServerHandler<TContext>
        ?? (descriptor.Lifetime == ServiceLifetime.Singleton ? (IOpenIddictServerHandler<TContext>)root.GetRequiredService(descriptor.ServiceType) : null);
}

/// <summary>The plans live as long as the options they were made from, so a key rotation makes new ones.</summary>
internal sealed class DispatchPlans(IServiceProvider root)
{
    private readonly ConditionalWeakTable<OpenIddictServerOptions, DispatchPlan> _plans = [];

    public DispatchPlan For(OpenIddictServerOptions options) => _plans.GetValue(options, made => new DispatchPlan(made, root));
}
