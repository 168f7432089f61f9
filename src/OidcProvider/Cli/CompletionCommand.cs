using System.CommandLine;

namespace OidcProvider.Cli;

/// <summary><c>completion bash|zsh|fish|pwsh</c>: a script that lets a shell ask this program what may come next.</summary>
internal static class CompletionCommand
{
    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["bash"] =
            """
            # eval "$(NAME completion bash)"
            _NAME_complete() {
              local line="${COMP_LINE#* }" IFS=$'\n'
              local point=$((COMP_POINT - ${#COMP_LINE} + ${#line}))
              COMPREPLY=($(compgen -W "$(NAME "[suggest:$point]" "$line" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -F _NAME_complete NAME
            """,
        ["zsh"] =
            """
            # eval "$(NAME completion zsh)"
            _NAME_complete() {
              local line="${words[2,-1]}"
              local -a found
              found=("${(@f)$(NAME "[suggest:${#line}]" "$line" 2>/dev/null)}")
              compadd -a found
            }
            compdef _NAME_complete NAME
            """,
        ["fish"] =
            """
            # NAME completion fish | source
            function _NAME_complete
              set -l line (string replace -r '^\S+\s' '' -- (commandline -cp))
              NAME "[suggest:"(string length -- $line)"]" "$line" 2>/dev/null
            end
            complete -c NAME -f -a '(_NAME_complete)'
            """,
        ["pwsh"] =
            """
            # NAME completion pwsh | Out-String | Invoke-Expression
            Register-ArgumentCompleter -Native -CommandName NAME -ScriptBlock {
              param($word, $tree, $position)
              $line = $tree.ToString() -replace '^\S+\s', ''
              NAME "[suggest:$($line.Length)]" "$line" 2>$null | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
            }
            """,
    };

    public static Command Create(CliHost host)
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh, fish or pwsh." };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        var name = new Option<string>("--name") { Description = "What the program is called in your shell.", DefaultValueFactory = _ => "oidcprovider" };
        name.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is not { Length: > 0 } given || given.Any(character => !char.IsAsciiLetterOrDigit(character) && character is not ('_' or '-')))
            {
                result.AddError("--name takes letters, digits, - and _.");
            }
        });
        var command = new Command("completion", "Write a completion script for a shell to standard output.") { shell, name };
        command.SetAction(parsed =>
        {
            host.Console.Out.WriteLine(Scripts[parsed.GetValue(shell)!].Replace("NAME", parsed.GetValue(name), StringComparison.Ordinal));
            return CliConsole.Success;
        });
        return command;
    }
}
