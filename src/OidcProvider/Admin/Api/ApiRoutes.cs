using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Admin.Api;

/// <summary>
/// The admin API under <c>/api/admin/v1</c>: what holds for all its routes stands here once. A route without
/// <see cref="Needs{TBuilder}"/> is for nobody, because of the fallback policy.
/// </summary>
internal static class ApiRoutes
{
    public const string Root = "/api/admin/v1", RateLimit = "admin-api";

    public static IServiceCollection AddApi(this IServiceCollection services)
    {
        services.AddRateLimiter(limiter => limiter.AddPolicy(RateLimit, PerCaller).OnRejected = TooMany);
        return services;
    }

    public static RouteGroupBuilder MapApi(this IEndpointRouteBuilder routes) => routes.MapGroup(Root).RequireRateLimiting(RateLimit);

    /// <summary>The permission a caller must hold, by role and by scope.</summary>
    public static TBuilder Needs<TBuilder>(this TBuilder route, string permission) where TBuilder : IEndpointConventionBuilder => route.RequireAuthorization(permission);

    private static RateLimitPartition<string> PerCaller(HttpContext context)
    {
        var options = context.RequestServices.GetRequiredService<IOptions<AdminOptions>>().Value;
        var caller = context.User.FindFirst(Claims.Subject)?.Value ?? context.Connection.RemoteIpAddress?.ToString() ?? "";
        return RateLimitPartition.GetTokenBucketLimiter(caller, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = options.ApiRequestsPerMinute, TokensPerPeriod = Math.Max(1, options.ApiRequestsPerMinute / 60), ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0,
        });
    }

    private static async ValueTask TooMany(OnRejectedContext context, CancellationToken cancellation)
    {
        context.HttpContext.Response.Headers.RetryAfter = "1";
        await ApiProblems.WriteAsync(context.HttpContext, StatusCodes.Status429TooManyRequests, "too_many_requests", "Too many requests in a minute; wait a moment.");
    }
}
