namespace OidcProvider.Cli;

/// <summary>
/// Tells settings from verbs on the command line. Settings look as .NET's configuration takes them
/// (<c>--urls X</c>, <c>--Issuer=X</c>, <c>--Database:Provider X</c>); verbs and their options are lower case. Pure.
/// </summary>
internal static class ConfigurationArguments
{
    private static readonly string[] HostSettings = ["urls", "environment", "contentRoot", "applicationName"];

    public static (string[] Settings, string[] Words) Split(IReadOnlyList<string> args)
    {
        List<string> settings = [], rest = [];
        for (var i = 0; i < args.Count; i++)
        {
            if (args[i] == "--")
            {
                rest.AddRange(args.Skip(i));
                break;
            }

            if (!IsSetting(args[i]))
            {
                rest.Add(args[i]);
            }
            else if (args[i].Contains('=', StringComparison.Ordinal))
            {
                settings.Add(args[i]);
            }
            else if (i + 1 < args.Count && !args[i + 1].StartsWith("--", StringComparison.Ordinal))
            {
                settings.Add($"{args[i]}={args[++i]}");
            }
            else
            {
                // A setting without a value is left to the parser, which refuses it by name.
                rest.Add(args[i]);
            }
        }

        return ([.. settings], [.. rest]);
    }

    private static bool IsSetting(string argument)
    {
        if (!argument.StartsWith("--", StringComparison.Ordinal) || argument.Length < 3)
        {
            return false;
        }

        var name = argument[2..].Split('=', 2)[0];
        return char.IsAsciiLetterUpper(name[0]) || name.Contains(':', StringComparison.Ordinal)
            || HostSettings.Contains(name, StringComparer.OrdinalIgnoreCase);
    }
}
