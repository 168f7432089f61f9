using System.Collections;

namespace OidcProvider.Hosting;

/// <summary>Something that can be wrong with the configuration. Each fault is one line that names the key and the reason, never a secret.</summary>
internal interface IStartupCheck
{
    IEnumerable<string> Faults();
}

/// <summary>
/// Collects every fault of the configuration before the server listens, so that an operator fixes them in one go.
/// </summary>
internal static class StartupChecks
{
    public static IReadOnlyList<string> Run(IServiceProvider services) =>
        [.. services.GetServices<IStartupCheck>().SelectMany(check => check.Faults()).Distinct(StringComparer.Ordinal)];
}

/// <summary>Refuses keys that no options class knows: a misspelt setting must not silently leave the default in force.</summary>
internal sealed class UnknownKeysCheck(IConfiguration configuration, IEnumerable<SettingsSection> sections) : IStartupCheck
{
    public IEnumerable<string> Faults() =>
        sections.SelectMany(section => Unknown(configuration.GetSection(section.Name), section.OptionsType));

    private static IEnumerable<string> Unknown(IConfigurationSection section, Type type)
    {
        var known = type.GetProperties().ToDictionary(property => property.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var child in section.GetChildren())
        {
            if (!known.TryGetValue(child.Key, out var property))
            {
                yield return $"{child.Path}: unknown setting; known are {string.Join(", ", known.Keys.Order(StringComparer.Ordinal))}";
                continue;
            }

            var inner = property.PropertyType;
            if (inner.IsClass && inner != typeof(string) && !typeof(IEnumerable).IsAssignableFrom(inner))
            {
                foreach (var fault in Unknown(child, inner))
                {
                    yield return fault;
                }
            }
        }
    }
}
