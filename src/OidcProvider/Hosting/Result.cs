namespace OidcProvider.Hosting;

/// <summary>One expected failure: a stable <paramref name="Code"/> for programs, a sentence for people, and the path of the field at fault.</summary>
internal sealed record Problem(string Code, string Message, string? Field = null)
{
    public override string ToString() => Field is null ? Message : $"{Field}: {Message}";
}

/// <summary>The outcome of an operation that may fail for reasons its caller must handle. Bugs throw instead.</summary>
internal readonly record struct Result<T>
{
    private readonly T? _value;

    private Result(T? value, IReadOnlyList<Problem> problems) => (_value, Problems) = (value, problems);

    public IReadOnlyList<Problem> Problems { get; }

    public bool Succeeded => Problems.Count == 0;

    public T Value => Succeeded ? _value! : throw new InvalidOperationException($"No value: {string.Join("; ", Problems)}");

    public static implicit operator Result<T>(T value) => new(value, []);

    public static implicit operator Result<T>(Problem problem) => new(default, [problem]);

    public static implicit operator Result<T>(List<Problem> problems) => new(default, problems);
}

internal static class Result
{
    /// <summary>For values that the compiler does not convert by itself: those typed as an interface.</summary>
    public static Result<T> Of<T>(T value) => value;

    public static Result<TNext> Then<T, TNext>(this Result<T> result, Func<T, TNext> next) => result.Succeeded ? next(result.Value) : result.Problems.ToList();
}
