using Microsoft.AspNetCore.Hosting.StaticWebAssets;

namespace OidcProvider.Hosting;

/// <summary>
/// Prepares the builder so that the published server starts anywhere: pages and static files come from beside the assembly, while
/// relative paths in settings and an own <c>appsettings.json</c> lie in the working directory.
/// </summary>
internal static class ServerBuilder
{
    private const string DefaultUrl = "http://localhost:5080";

    public static WebApplicationBuilder Create(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory, ApplicationName = typeof(ServerBuilder).Assembly.GetName().Name });
        var here = Directory.GetCurrentDirectory();
        if (Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory) != here)
        {
            // After the packaged defaults, before environment and command line.
            Insert(builder, Path.Combine(here, "appsettings.json"));
            Insert(builder, Path.Combine(here, $"appsettings.{builder.Environment.EnvironmentName}.json"));
        }

        StaticWebAssetsLoader.UseStaticWebAssets(builder.Environment, builder.Configuration);
        if (string.IsNullOrEmpty(builder.Configuration["urls"]))
        {
            builder.Configuration["urls"] = DefaultUrl;
        }

        builder.Host.UseDefaultServiceProvider(options => options.ValidateScopes = true);
        return builder;
    }

    private static void Insert(WebApplicationBuilder builder, string path)
    {
        var sources = ((IConfigurationBuilder)builder.Configuration).Sources;
        var last = sources.ToList().FindLastIndex(source => source is Microsoft.Extensions.Configuration.Json.JsonConfigurationSource);
        var source = new Microsoft.Extensions.Configuration.Json.JsonConfigurationSource { Path = path, Optional = true };
        source.ResolveFileProvider();
        sources.Insert(last + 1, source);
    }
}
