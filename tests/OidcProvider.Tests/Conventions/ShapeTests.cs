using System.Collections;
using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.Cli;
using OidcProvider.Hosting;
using YamlDotNet.RepresentationModel;

namespace OidcProvider.Tests.Conventions;

/// <summary>What must not change unnoticed: routes and their protection, settings and their defaults, the size of files.</summary>
public class ShapeTests
{
    private static readonly string[] Arguments = ["--environment=Development", "--Issuer=http://localhost:5080", $"--Hosting:MasterKey={Convert.ToBase64String(new byte[32])}"];

    [Test]
    public async Task Every_route_is_in_the_reviewed_list()
    {
        await using var app = Program.Build(Arguments);
        var loader = app.Services.GetRequiredService<PageLoader>();
        List<string> lines = [];
        foreach (var endpoint in ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().Where(endpoint => !IsStaticFile(endpoint)))
        {
            // What stands on a page model is known once the page is loaded.
            var page = endpoint.Metadata.GetMetadata<PageActionDescriptor>();
            lines.Add(Describe(endpoint, page is null ? [] : (await loader.LoadAsync(page, endpoint.Metadata)).ModelTypeInfo!.GetCustomAttributes(inherit: true)));
        }

        Compare("routes.txt", lines.Distinct().Order(StringComparer.Ordinal));
    }

    [Test]
    public async Task Every_default_is_in_the_reviewed_list()
    {
        await using var app = Program.Build(Arguments);
        var lines = app.Services.GetServices<SettingsSection>().SelectMany(section => Defaults(section.Name, section.OptionsType)).Order(StringComparer.Ordinal);
        Compare("defaults.txt", lines);
    }

    [Test]
    public async Task The_settings_schema_is_the_one_the_server_prints()
    {
        using var output = new StringWriter();
        var code = await CommandLine.InvokeAsync(["config", "schema", .. Arguments], arguments => Program.Build(arguments), new CliConsole(output, TextWriter.Null, TextReader.Null, Interactive: false));
        Assert.That(code, Is.Zero);
        Assert.That(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "appsettings.schema.json")), Is.EqualTo(output.ToString()), "config schema > appsettings.schema.json");
    }

    [Test]
    public void Files_stay_small()
    {
        var sizes = Repository.Sources("*.cs").Select(file => (File: Path.GetRelativePath(Repository.Root, file), Lines: File.ReadLines(file).Count())).OrderBy(entry => entry.Lines).ToList();
        Assert.That(sizes.Where(entry => entry.Lines > 400).Select(entry => entry.File), Is.Empty);
        Assert.That(sizes[(int)(sizes.Count * 0.95)].Lines, Is.LessThanOrEqualTo(220));
        Assert.That(sizes[sizes.Count / 2].Lines, Is.LessThanOrEqualTo(60));
        Assert.That(sizes.Single(entry => Path.GetFileName(entry.File) == "Program.cs").Lines, Is.LessThanOrEqualTo(60));
    }

    [Test]
    public void Deploy_files_that_cannot_run_here_at_least_parse()
    {
        var files = Directory.EnumerateFiles(Path.Combine(Repository.Root, "deploy"), "*.y*ml", SearchOption.AllDirectories).Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, ".github", "workflows"))).ToList();
        Assert.That(files, Has.Count.GreaterThanOrEqualTo(4));
        foreach (var file in files)
        {
            var yaml = new YamlStream();
            using var reader = new StreamReader(file);
            Assert.That(() => yaml.Load(reader), Throws.Nothing, file);
            Assert.That(yaml.Documents[0].RootNode, Is.InstanceOf<YamlMappingNode>(), file);
        }

        var docker = File.ReadAllLines(Path.Combine(Repository.Root, "deploy", "Dockerfile")).Where(line => line.Length > 0 && char.IsAsciiLetterUpper(line[0])).Select(line => line.Split(' ')[0]).ToList();
        Assert.That(docker.First(), Is.EqualTo("FROM").Or.EqualTo("ARG"));
        Assert.That(docker, Does.Contain("USER").And.Contain("ENTRYPOINT").And.Contain("HEALTHCHECK"));
        var unit = File.ReadAllText(Path.Combine(Repository.Root, "deploy", "systemd", "oidcprovider.service"));
        Assert.That(unit, Does.Contain("[Service]").And.Contain("NoNewPrivileges=").And.Contain("ExecStart="));
    }

    private static bool IsStaticFile(RouteEndpoint endpoint) => endpoint.Metadata.Any(item => item.GetType().Name.Contains("StaticAsset", StringComparison.Ordinal));

    private static string Describe(RouteEndpoint route, object[] ofModel)
    {
        object[] all = [.. route.Metadata, .. ofModel];
        var methods = route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods is { Count: > 0 } named ? string.Join('|', named) : "*";
        var page = route.Metadata.GetMetadata<PageActionDescriptor>();
        var who = all.OfType<IAllowAnonymous>().Any() ? "everybody" : all.OfType<IAuthorizeData>().ToList() is { Count: > 0 } policies ? string.Join(',', policies.Select(policy => policy.Policy ?? "signed in").Distinct()) : "nobody";
        var antiforgery = page is null ? "-" : !all.OfType<IgnoreAntiforgeryTokenAttribute>().Any() ? "antiforgery: always" : "antiforgery: asked by the page";
        return $"/{route.RoutePattern.RawText?.TrimStart('/')}  {methods}  {who}  {antiforgery}";
    }

    private static IEnumerable<string> Defaults(string section, Type type)
    {
        var options = Activator.CreateInstance(type)!;
        foreach (var property in type.GetProperties().Where(property => property.CanWrite))
        {
            var value = property.GetValue(options);
            yield return $"{section}:{property.Name} = {(value is IEnumerable list and not string ? $"[{string.Join(", ", list.Cast<object>())}]" : Convert.ToString(value, CultureInfo.InvariantCulture))}";
        }
    }

    private static void Compare(string name, IEnumerable<string> lines)
    {
        var actual = string.Join('\n', lines) + "\n";
        var path = Path.Combine(Repository.Root, "tests", "OidcProvider.Tests", "Conventions", name);
        var expected = File.Exists(path) ? File.ReadAllText(path) : "";
        if (actual != expected)
        {
            File.WriteAllText(Path.Combine(TestContext.CurrentContext.WorkDirectory, name), actual);
        }

        Assert.That(actual, Is.EqualTo(expected), $"Review the change and copy it to tests/OidcProvider.Tests/Conventions/{name}.");
    }
}
