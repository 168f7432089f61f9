using System.ComponentModel;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Admin.Access;
using OidcProvider.Admin.Api;
using OidcProvider.Declarations;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Configuration;

/// <summary><c>/api/admin/v1/configuration</c>: scopes, clients, users and webhooks as a file: read it, ask what another would change, apply it.</summary>
internal static class ConfigurationApi
{
    public static void Map(RouteGroupBuilder api)
    {
        var configuration = api.MapGroup("/configuration").WithTags("Configuration");
        configuration.MapGet("/", ExportAsync).Needs(Permissions.ConfigurationRead)
            .WithSummary("Export the configuration: always in the same order, secrets as references.").Produces<BootstrapFile>(StatusCodes.Status200OK, "application/json", DeclaredBody.Yaml);
        configuration.MapPost("/plan", PlanAsync).Needs(Permissions.ConfigurationRead).ShowsVersion()
            .WithSummary("Say what applying a file would create, change and remove, field by field. Secrets are compared only for callers who may write.").Produces<Plan>();
        configuration.MapPost("/apply", ApplyAsync).Needs(Permissions.ConfigurationWrite).AsksForVersion()
            .WithSummary("Apply a file, all of it or nothing. If-Match names the plan that was seen; when the server has changed since, nothing happens.").Produces<Plan>();
    }

    private static async Task<IResult> ExportAsync(
        [FromQuery, Description("json or yaml; without it the Accept header decides.")] string? format, [FromQuery, Description("false leaves users out.")] bool? users,
        Declaration declaration, HttpContext context, CancellationToken cancellation)
    {
        var file = await declaration.ExportAsync(users ?? true, cancellation);
        var yaml = format is "yaml" || (format is null && context.Request.Headers.Accept.ToString().Contains("yaml", StringComparison.OrdinalIgnoreCase));
        return yaml ? Results.Text(Yaml.Write(file), DeclaredBody.Yaml, Encoding.UTF8) : Results.Text(Equivalent.Write(file), "application/json", Encoding.UTF8);
    }

    private static async Task<IResult> PlanAsync(
        DeclaredBody body, [FromQuery, Description("true: plan to remove clients and scopes that the file does not name, and webhooks when it has a list of them.")] bool? prune,
        Declaration declaration, Bootstrap bootstrap, HttpContext context, CancellationToken cancellation)
    {
        if (await FaultsAsync(body, bootstrap, cancellation) is { } faults)
        {
            return faults;
        }

        var plan = await declaration.PlanAsync(body.Content.Value, prune ?? false, withSecrets: Caller.Of(context.User).May(Permissions.ConfigurationWrite), cancellation);
        context.WriteETag(plan.Version);
        return ApiJson.Ok(plan);
    }

    private static async Task<IResult> ApplyAsync(
        DeclaredBody body, [FromQuery, Description("true: remove clients and scopes that the file does not name, and webhooks when it has a list of them. Users are never removed.")] bool? prune,
        Declaration declaration, Bootstrap bootstrap, HttpContext context, CancellationToken cancellation)
    {
        if (await FaultsAsync(body, bootstrap, cancellation) is { } refused)
        {
            return refused;
        }

        var plan = await declaration.PlanAsync(body.Content.Value, prune ?? false, withSecrets: true, cancellation);
        if (context.Refuse(plan.Version) is { } unseen)
        {
            return unseen;
        }

        var faults = await bootstrap.ApplyAsync(body.Content.Value, new ApplyOptions(ExistingUsers.Update, prune ?? false, Caller.Of(context.User).Editor), cancellation);
        return faults.Count == 0 ? ApiJson.Ok(plan) : ApiProblems.Of(faults);
    }

    private static async Task<IResult?> FaultsAsync(DeclaredBody body, Bootstrap bootstrap, CancellationToken cancellation)
    {
        if (!body.Content.Succeeded)
        {
            return ApiProblems.Of(body.Content.Problems);
        }

        var faults = await bootstrap.CheckAsync(body.Content.Value, cancellation);
        return faults.Count == 0 ? null : ApiProblems.Of(faults);
    }
}
