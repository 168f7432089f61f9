using System.Collections;
using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Options;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Settings;

/// <summary>A setting as it is in force. Of secrets only whether they are set.</summary>
/// <param name="Key">As in a file, with colons.</param>
/// <param name="Value">Empty when there is none.</param>
/// <param name="Source"><c>default</c>, or where the value was read: a file, <c>environment</c>, <c>command line</c>.</param>
/// <param name="Description">What it means.</param>
internal sealed record SettingView(string Key, string? Value, string Source, string? Description)
{
    public const string Default = "default";
}

/// <summary>Every setting of ours with the value the server works with and where it comes from.</summary>
internal sealed class SettingsInForce(IConfiguration configuration, IEnumerable<SettingsSection> sections, IServiceProvider services, IssuerUri issuer)
{
    public const string Masked = "••• (set)";

    private static readonly string[] Secret = ["Password", "Secret", "MasterKey", "ApiKey", "Token"];

    public IReadOnlyList<SettingView> List() =>
    [
        new(IssuerUri.Key, issuer.Value, Source(IssuerUri.Key), "The address under which clients reach this server."),
        ConnectionString("Database", "Connection string of the database; passwords are left out."),
        ConnectionString("Redis", "Connection string of Redis; passwords are left out."),
        .. sections.OrderBy(section => section.Name, StringComparer.Ordinal).SelectMany(section => Of(section.Name, section.OptionsType, Bound(section.OptionsType))),
    ];

    private IEnumerable<SettingView> Of(string path, Type type, object? options)
    {
        foreach (var property in type.GetProperties().Where(property => property.CanWrite).OrderBy(property => property.Name, StringComparer.Ordinal))
        {
            var key = $"{path}:{property.Name}";
            var value = options is null ? null : property.GetValue(options);
            if (value is not null and not string and not IEnumerable && property.PropertyType.IsClass)
            {
                foreach (var inner in Of(key, property.PropertyType, value))
                {
                    yield return inner;
                }

                continue;
            }

            var text = Text(value);
            yield return new(key, IsSecret(property.Name) && !string.IsNullOrEmpty(text) ? Masked : text, Source(key), property.GetCustomAttribute<DescriptionAttribute>()?.Description);
        }
    }

    private object? Bound(Type type)
    {
        var options = services.GetRequiredService(typeof(IOptions<>).MakeGenericType(type));
        return options.GetType().GetProperty(nameof(IOptions<object>.Value))!.GetValue(options);
    }

    private SettingView ConnectionString(string name, string description)
    {
        var key = $"ConnectionStrings:{name}";
        return new(key, configuration[key] is { Length: > 0 } text ? WithoutPasswords(text) : null, Source(key), description);
    }

    /// <summary>A connection string with what may be secret masked. Both semicolons and commas part its fields.</summary>
    public static string WithoutPasswords(string connectionString)
    {
        var parts = System.Text.RegularExpressions.Regex.Split(connectionString, "([;,])");
        return string.Concat(parts.Select(part => part.Split('=', 2) is [var name, { Length: > 0 }] && (IsSecret(name.Trim()) || name.Contains("pwd", StringComparison.OrdinalIgnoreCase) || name.Contains("key", StringComparison.OrdinalIgnoreCase)) ? $"{name}={Masked}" : part));
    }

    private string Source(string key)
    {
        var provider = (configuration as IConfigurationRoot)?.Providers.LastOrDefault(candidate => candidate.TryGet(key, out _) || candidate.GetChildKeys([], key).Any());
        return provider switch
        {
            null => SettingView.Default,
            JsonConfigurationProvider json => Path.GetFileName(json.Source.Path) ?? "file",
            EnvironmentVariablesConfigurationProvider => "environment",
            CommandLineConfigurationProvider => "command line",
            _ => provider.GetType().Name.Replace("ConfigurationProvider", "", StringComparison.Ordinal),
        };
    }

    private static bool IsSecret(string name) => Secret.Any(word => name.EndsWith(word, StringComparison.OrdinalIgnoreCase));

    private static string? Text(object? value) => value switch
    {
        null => null,
        string text => text,
        bool flag => flag ? "true" : "false",
        IEnumerable list => string.Join(", ", list.Cast<object?>()),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };
}
