namespace OidcProvider.Admin.Doctor;

internal enum Health
{
    Ok,
    Warning,
    Fault,
}

/// <summary>One thing that was looked at, and what to do when it is not well.</summary>
internal sealed record Finding(string What, Health Health, string Detail, string? Fix = null)
{
    public static Finding Ok(string what, string detail) => new(what, Health.Ok, detail);

    public static Finding Warning(string what, string detail, string fix) => new(what, Health.Warning, detail, fix);

    public static Finding Fault(string what, string detail, string fix) => new(what, Health.Fault, detail, fix);
}

/// <summary>Looks at one part of what an installation depends on. Changes nothing.</summary>
internal interface IExamination
{
    IAsyncEnumerable<Finding> LookAsync(CancellationToken cancellation);
}
