namespace OidcProvider.Declarations;

/// <summary>
/// Secrets that a file only names: <c>${env:NAME}</c> is an environment variable, <c>${file:PATH}</c> the content of a file. They are looked up where the file
/// is read from disk. What comes over the network is never looked up: its sender could otherwise read this machine's secrets.
/// </summary>
internal static class SecretReferences
{
    public static bool Is(string? text) => text is not null && text.EndsWith('}') && (text.StartsWith("${env:", StringComparison.Ordinal) || text.StartsWith("${file:", StringComparison.Ordinal));

    /// <summary>With what the references stand for. One that leads nowhere becomes nothing, which leaves a stored secret as it is.</summary>
    public static BootstrapFile Resolve(BootstrapFile file) => Map(file, text =>
        !Is(text) ? text
        : text!.StartsWith("${env:", StringComparison.Ordinal) ? Environment.GetEnvironmentVariable(text[6..^1])
        : File.Exists(text[7..^1]) ? File.ReadAllText(text[7..^1]).TrimEnd('\r', '\n') : null);

    /// <summary>Without the references: stored secrets stay, new clients need theirs spelled out.</summary>
    public static BootstrapFile Drop(BootstrapFile file) => Map(file, text => Is(text) ? null : text);

    private static BootstrapFile Map(BootstrapFile file, Func<string?, string?> map) => file with
    {
        Clients = [.. file.Clients.Select(client => client with { ClientSecret = map(client.ClientSecret) })],
        Users = [.. file.Users.Select(user => user with { Password = map(user.Password) })],
        Webhooks = file.Webhooks is null ? null : [.. file.Webhooks.Select(hook => hook with { Secret = map(hook.Secret) })],
    };
}
