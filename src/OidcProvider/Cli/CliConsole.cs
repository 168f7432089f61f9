using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using OidcProvider.Hosting;
using Spectre.Console;

namespace OidcProvider.Cli;

/// <summary>Where a verb reads and writes: data to standard output, words to standard error.</summary>
internal sealed record CliConsole(TextWriter Out, TextWriter Error, TextReader In, bool Interactive)
{
    public const int Success = 0, Fault = 1, Usage = 2;

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static CliConsole System() => new(Console.Out, Console.Error, Console.In, !Console.IsInputRedirected && !Console.IsErrorRedirected);

    public void Json(JsonNode? node) => Out.WriteLine(node?.ToJsonString(Readable) ?? "null");

    public void Say(string words) => Error.WriteLine(words);

    public int Refuse(IEnumerable<Problem> problems)
    {
        foreach (var problem in problems)
        {
            Error.WriteLine($"{problem} ({problem.Code})");
        }

        return Fault;
    }

    public void Table(string[] columns, IEnumerable<string?[]> rows)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(Markup.Escape(column)).NoWrap());
        }

        foreach (var row in rows)
        {
            table.AddRow([.. row.Select(cell => new Text(cell ?? ""))]);
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Out) });
        // Into a pipe, lines are not cut to the width of a terminal that is not there.
        if (Console.IsOutputRedirected || Out != Console.Out)
        {
            console.Profile.Width = 1000;
        }

        console.Write(table);
    }

    /// <summary>Shows how far a long piece of work is, where somebody watches.</summary>
    public async Task<T> ProgressAsync<T>(string title, Func<IProgress<double>, Task<T>> work)
    {
        if (!Interactive)
        {
            return await work(new Bar(null));
        }

        var terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Error) });
        return await terminal.Progress().AutoClear(true).StartAsync(context => work(new Bar(context.AddTask(title).IsIndeterminate())));
    }

    private sealed class Bar(ProgressTask? task) : IProgress<double>
    {
        public void Report(double value) => task?.IsIndeterminate(false).Value(value * task.MaxValue);
    }

    /// <summary>Asks before something is lost. Null: go on; otherwise the exit code to stop with.</summary>
    public int? Hold(string question, bool yes)
    {
        if (yes)
        {
            return null;
        }

        if (!Interactive)
        {
            Say("Not a terminal: give --yes to do it without being asked.");
            return Usage;
        }

        Error.Write($"{question} [y/N] ");
        if (In.ReadLine()?.Trim() is "y" or "Y" or "yes")
        {
            return null;
        }

        Say("Nothing changed.");
        return Fault;
    }
}
