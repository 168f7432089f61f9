using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.DataAnnotations;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Options;

namespace OidcProvider.Languages;

/// <summary>Lets validation attributes name their message by its key: <c>[Required(ErrorMessage = "signin.username_missing")]</c>.</summary>
internal sealed class WordsLocalizer : IStringLocalizer
{
    public LocalizedString this[string name] => new(name, Words.Current[name]);

    // The attributes' own places are positions; our messages have none.
    public LocalizedString this[string name, params object[] arguments] => this[name];

    public IEnumerable<LocalizedString> GetAllStrings(bool includeParentCultures) => Words.Current.Keys.Select(key => this[key]);
}

/// <summary>The framework's own messages in forms, which say what it expected of which type, become one sentence for people.</summary>
internal sealed class FormWords : IConfigureOptions<MvcOptions>, IConfigureOptions<MvcDataAnnotationsLocalizationOptions>
{
    public void Configure(MvcDataAnnotationsLocalizationOptions options) => options.DataAnnotationLocalizerProvider = (_, _) => new WordsLocalizer();

    public void Configure(MvcOptions options)
    {
        var messages = options.ModelBindingMessageProvider;
        messages.SetAttemptedValueIsInvalidAccessor((_, _) => Wrong);
        messages.SetMissingBindRequiredValueAccessor(_ => Wrong);
        messages.SetMissingKeyOrValueAccessor(() => Wrong);
        messages.SetMissingRequestBodyRequiredValueAccessor(() => Wrong);
        messages.SetNonPropertyAttemptedValueIsInvalidAccessor(_ => Wrong);
        messages.SetNonPropertyUnknownValueIsInvalidAccessor(() => Wrong);
        messages.SetNonPropertyValueMustBeANumberAccessor(() => Wrong);
        messages.SetUnknownValueIsInvalidAccessor(_ => Wrong);
        messages.SetValueIsInvalidAccessor(_ => Wrong);
        messages.SetValueMustBeANumberAccessor(_ => Wrong);
        messages.SetValueMustNotBeNullAccessor(_ => Wrong);
    }

    private static string Wrong => Words.Current["form.wrong_value"];
}
