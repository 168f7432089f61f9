using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace OidcProvider.Hosting;

/// <summary>A configuration section that belongs to us: the schema, the unknown-key check and the default test read this list.</summary>
internal sealed record SettingsSection(string Name, Type OptionsType);

internal static partial class ValidatedOptions
{
    [GeneratedRegex("members: '([^']+)' with the error: '(.*)'\\.$", RegexOptions.Singleline)]
    private static partial Regex Annotation();

    [GeneratedRegex("Failed to convert configuration value '(.*)' at '([^']+)'", RegexOptions.Singleline)]
    private static partial Regex Conversion();

    /// <summary>Binds <typeparamref name="T"/> to a section and validates it when the host starts, with every fault reported at once.</summary>
    public static IServiceCollection AddValidatedOptions<T>(this IServiceCollection services, string section) where T : class
    {
        services.AddSingleton(new SettingsSection(section, typeof(T)));
        services.AddOptions<T>().BindConfiguration(section).Configure<IConfiguration>((options, configuration) => ReadLists(options, configuration.GetSection(section))).ValidateDataAnnotations();
        services.AddSingleton<IStartupCheck>(provider => new OptionsCheck<T>(provider, section));
        return services;
    }

    // An environment variable or an argument holds one text. The binder would pass over it in silence and leave the default in force.
    private static void ReadLists(object options, IConfigurationSection section)
    {
        foreach (var list in options.GetType().GetProperties().Where(property => property.PropertyType == typeof(string[])))
        {
            if (section[list.Name] is { Length: > 0 } text && !section.GetSection(list.Name).GetChildren().Any())
            {
                list.SetValue(options, text.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries));
            }
        }
    }

    private sealed class OptionsCheck<T>(IServiceProvider provider, string section) : IStartupCheck where T : class
    {
        public IEnumerable<string> Faults()
        {
            try
            {
                _ = provider.GetRequiredService<IOptions<T>>().Value;
                return [];
            }
            catch (OptionsValidationException fault)
            {
                return fault.Failures.Select(failure => Line(section, failure));
            }
            catch (InvalidOperationException fault)
            {
                return [Conversion().Match(fault.Message) is { Success: true } match ? $"{match.Groups[2].Value}: '{match.Groups[1].Value}' is not {Kind(section, match.Groups[2].Value)}" : $"{section}: {fault.Message}"];
            }
        }

        // The framework wraps each message in a sentence of its own; an operator needs key and reason.
        private static string Line(string section, string failure)
        {
            if (Annotation().Match(failure) is not { Success: true } match)
            {
                return $"{section}:{failure}";
            }

            var (member, message) = (match.Groups[1].Value, match.Groups[2].Value);
            return message.StartsWith($"{member}: ", StringComparison.Ordinal) ? $"{section}:{message}" : $"{section}:{member}: {message}";
        }

        private static string Kind(string section, string path) =>
            Array.Find(typeof(T).GetProperties(), property => string.Equals($"{section}:{property.Name}", path, StringComparison.OrdinalIgnoreCase))?.PropertyType switch
            {
                { IsEnum: true } type => $"one of {string.Join(", ", Enum.GetNames(type))}",
                { } type when type == typeof(TimeSpan) => "a duration as d.hh:mm:ss",
                { } type when type == typeof(bool) => "true or false",
                _ => "a number",
            };
    }
}
