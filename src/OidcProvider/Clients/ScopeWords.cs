using OidcProvider.Languages;

namespace OidcProvider.Clients;

/// <summary>What a scope means, for people: our own words for the scopes that a specification fixes, the registered ones for the others.</summary>
internal static class ScopeWords
{
    public static (string Title, string? Text) In(this ScopeDefinition scope, Words words) =>
        words.Has($"scope.{scope.Name}.title")
            ? (words[$"scope.{scope.Name}.title"], words[StandardScopes.IsAdministrative(scope.Name) ? "scope.admin.text" : $"scope.{scope.Name}.text"])
            : (Localized.Find(scope.Tagged, "display_name", scope.DisplayName, words.Language) ?? scope.Name, Localized.Find(scope.Tagged, "description", scope.Description, words.Language));
}
