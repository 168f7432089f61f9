using OidcProvider.Languages;

namespace OidcProvider.Clients;

/// <summary>What a scope means, for people: our own words for the scopes that a specification fixes, the registered ones for the others.</summary>
internal static class ScopeWords
{
    public static (string Title, string? Text) In(this ScopeDefinition scope, Words words) =>
        words.Has($"scope.{scope.Name}.title")
            ? (words[$"scope.{scope.Name}.title"], words[$"scope.{scope.Name}.text"])
            : (scope.DisplayName ?? scope.Name, scope.Description);
}
