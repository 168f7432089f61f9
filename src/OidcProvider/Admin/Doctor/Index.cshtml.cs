using Microsoft.AspNetCore.Authorization;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Doctor;

/// <summary>What is wrong with the installation, looked at now.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.ConfigurationRead)]
internal sealed class IndexModel(Checkup checkup) : AdminPage
{
    public IReadOnlyList<Finding> Findings { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancellation) =>
        Findings = [.. (await checkup.LookAsync(cancellation)).OrderByDescending(finding => finding.Health)];
}
