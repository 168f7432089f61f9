using Microsoft.AspNetCore.Mvc;

namespace OidcProvider.Admin;

/// <summary>What is asked before a change to many: what breaks in total, and the words on the button.</summary>
/// <param name="Title">The question.</param>
/// <param name="Consequence">What will break.</param>
/// <param name="Button">The verb on the button.</param>
/// <param name="Done">The verb when it is done: disabled.</param>
/// <param name="Final">It cannot be undone: their number is typed first.</param>
internal sealed record BulkQuestion(string Title, string Consequence, string Button, string Done, bool Final = false);

/// <summary>
/// One change to what was ticked in a list: says what breaks in total, asks, and then leads to what became of each. Nothing is changed by coming here,
/// nor by reloading the page that says what became of it.
/// </summary>
internal abstract class BulkPage(BulkReports reports) : AdminPage
{
    public static readonly string[] Fields = ["confirm"];

    /// <summary>The action of the button that was pressed in the list.</summary>
    [BindProperty(Name = "what")]
    public string? What { get; set; }

    [BindProperty(Name = "ids")]
    public List<string> Ids { get; set; } = [];

    /// <summary>How many, typed by hand, before what cannot be undone.</summary>
    [BindProperty(Name = "confirm")]
    public string? Confirm { get; set; }

    /// <summary>Null when nothing was ticked.</summary>
    public BulkQuestion? Question { get; private set; }

    public IReadOnlyList<string> Names { get; private set; } = [];

    public BulkReport? Report { get; private set; }

    /// <summary>A report was asked for that is nobody's, another's or too old.</summary>
    public bool IsGone { get; private set; }

    /// <summary>The list that this began in.</summary>
    public abstract string List { get; }

    /// <summary>What they are: client, user.</summary>
    public abstract string Noun { get; }

    public string Counted => Count(Names.Count, Noun);

    /// <summary>What became of it. Who came without a list reads that nothing is ticked, and is led back to it.</summary>
    public async Task<IActionResult> OnGetAsync([FromQuery] string? report, CancellationToken cancellation)
    {
        Report = report is null ? null : await reports.FindAsync(Caller.Actor, report, cancellation);
        IsGone = report is not null && Report is null;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation) => await LoadAsync(cancellation) ?? Page();

    public async Task<IActionResult> OnPostActAsync(CancellationToken cancellation)
    {
        if (await LoadAsync(cancellation) is { } refused)
        {
            return refused;
        }

        if (!await IsCompleteAsync())
        {
            return Refused();
        }

        if (Question!.Final && Confirm?.Trim() != Number(Names.Count))
        {
            return Refused(message: $"Type {Number(Names.Count)} to go on.", field: "confirm");
        }

        // Whoever leaves does not leave it half done.
        var key = await reports.KeepAsync(Caller.Actor, new BulkReport(Question.Done, await RunAsync(CancellationToken.None)));
        return LocalRedirect($"{Request.PathBase}{Request.Path}?report={key}");
    }

    /// <summary>The names of those of <see cref="Ids"/> that are there.</summary>
    protected abstract Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancellation);

    /// <summary>The question for <see cref="What"/>; null when there is no such action.</summary>
    protected abstract Task<BulkQuestion?> AskAsync(CancellationToken cancellation);

    protected abstract Task<IReadOnlyList<BulkResult>> RunAsync(CancellationToken cancellation);

    protected static string Count(int number, string noun) => $"{Number(number)} {noun}{(number == 1 ? "" : "s")}";

    protected static string Number(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private async Task<IActionResult?> LoadAsync(CancellationToken cancellation)
    {
        Names = await NamesAsync(cancellation);
        if (Names.Count == 0)
        {
            return Refused(message: $"Tick at least one {Noun} in the list.");
        }

        Question = await AskAsync(cancellation);
        return Question is null ? NotFound() : null;
    }
}
