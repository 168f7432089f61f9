using OidcProvider.Hosting;

namespace OidcProvider.Cli.Remote;

/// <summary>A remote server said no, in a way that ends the verb. Carries what it said.</summary>
internal sealed class RemoteFault(IReadOnlyList<Problem> problems) : Exception(string.Join("; ", problems))
{
    public RemoteFault(string code, string message) : this([new Problem(code, message)])
    {
    }

    public IReadOnlyList<Problem> Problems => problems;
}
