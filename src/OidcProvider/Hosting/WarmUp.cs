namespace OidcProvider.Hosting;

/// <summary>
/// Something that is made when first asked for and that nobody should have to wait for: it is made before the server says that it is
/// ready.
/// </summary>
internal interface IWarmUp
{
    Task WarmUpAsync(CancellationToken cancellation);
}
