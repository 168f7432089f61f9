using Microsoft.Extensions.Options;

namespace OidcProvider.Hosting;

/// <summary>A configuration section that belongs to us: the schema, the unknown-key check and the default test read this list.</summary>
internal sealed record SettingsSection(string Name, Type OptionsType);

internal static class ValidatedOptions
{
    /// <summary>Binds <typeparamref name="T"/> to a section and validates it when the host starts, with every fault reported at once.</summary>
    public static IServiceCollection AddValidatedOptions<T>(this IServiceCollection services, string section) where T : class
    {
        services.AddSingleton(new SettingsSection(section, typeof(T)));
        services.AddOptions<T>().BindConfiguration(section).ValidateDataAnnotations();
        services.AddSingleton<IStartupCheck>(provider => new OptionsCheck<T>(provider, section));
        return services;
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
                return fault.Failures.Select(failure => $"{section}: {failure}");
            }
            catch (InvalidOperationException fault)
            {
                // The binder names the key; its inner exception says what was wrong with the value.
                return [fault.Message];
            }
        }
    }
}
