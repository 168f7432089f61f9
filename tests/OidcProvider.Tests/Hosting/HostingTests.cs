using System.Runtime.Versioning;
using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OidcProvider.Hosting;
using OidcProvider.Users;

namespace OidcProvider.Tests.Hosting;

public class HostingTests
{
    private static (IssuerUri? Issuer, string? Fault) Issuer(string? value, bool development, string? urls = null) =>
        IssuerUri.Read(new ConfigurationBuilder().AddInMemoryCollection([new("Issuer", value), new("urls", urls)]).Build(), development);

    [TestCase("https://id.example.com", "https://id.example.com"), TestCase("https://id.example.com/", "https://id.example.com"), TestCase("https://id.example.com/tenant", "https://id.example.com/tenant")]
    public void An_issuer_keeps_its_spelling_without_the_slash_of_a_bare_host(string value, string expected) =>
        Assert.That(Issuer(value, development: false).Issuer!.Value, Is.EqualTo(expected));

    [TestCase(null, false), TestCase("http://id.example.com", false), TestCase("http://localhost:5080", false), TestCase("http://id.example.com", true), TestCase("id.example.com", true)]
    [TestCase("https://id.example.com?x=1", false), TestCase("https://id.example.com#x", false), TestCase("https://a:b@id.example.com", false), TestCase("ftp://id.example.com", false)]
    public void An_insecure_or_half_made_issuer_is_a_fault_that_names_the_key(string? value, bool development) =>
        Assert.That(Issuer(value, development).Fault, Does.StartWith("Issuer: "));

    [TestCase("http://127.0.0.1:7001", "http://127.0.0.1:7001"), TestCase("http://+:7001", "http://localhost:7001"), TestCase("http://0.0.0.0:7001;https://x", "http://localhost:7001"), TestCase(null, "http://localhost:5080")]
    public void In_development_the_issuer_is_where_the_server_listens(string? urls, string expected) =>
        Assert.That(Issuer(null, development: true, urls).Issuer!.Value, Is.EqualTo(expected));

    [Test]
    public void A_sealed_value_opens_with_its_key_for_its_purpose_only()
    {
        var options = new HostingOptions { MasterKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) };
        var key = MasterKey.Read(options, mayCreate: false).Key!;
        var sealedValue = key.Seal("secret"u8, "a");
        Assert.That(key.Open(sealedValue, "a"), Is.EqualTo("secret"u8.ToArray()));
        Assert.That(() => key.Open(sealedValue, "b"), Throws.InstanceOf<CryptographicException>());
        sealedValue[^1] ^= 1;
        Assert.That(() => key.Open(sealedValue, "a"), Throws.InstanceOf<CryptographicException>());
    }

    [TestCase("short"), TestCase("not base64 %%"), TestCase("c2hvcnQ=")]
    public void A_wrong_master_key_is_a_fault_that_does_not_show_it(string value) =>
        Assert.That(MasterKey.Read(new HostingOptions { MasterKey = value }, mayCreate: false).Fault, Does.StartWith("Hosting:MasterKey").And.Not.Contain(value));

    [Test]
    [UnsupportedOSPlatform("windows")]
    public void A_missing_master_key_is_made_only_where_the_server_is_alone()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        var options = new HostingOptions { MasterKeyFile = Path.Combine(folder, "new", "master.key") };
        Assert.That(MasterKey.Read(options, mayCreate: false).Fault, Does.Contain("does not exist"));
        Assert.That(MasterKey.Read(options, mayCreate: true).Key, Is.Not.Null);
        Assert.That(File.GetUnixFileMode(options.MasterKeyFile), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Directory.Delete(folder, recursive: true);
    }

    [TestCase("boss", new[] { "boss" }), TestCase("boss, auditor", new[] { "boss", "auditor" }), TestCase("", new string[0])]
    public void One_text_as_the_environment_holds_it_is_a_list_too(string value, string[] expected)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Users:RequireMfaForRoles", value)]).Build();
        using var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddValidatedOptions<UsersOptions>(UsersOptions.Section).BuildServiceProvider();
        Assert.That(services.GetRequiredService<IOptions<UsersOptions>>().Value.RequireMfaForRoles, Is.EqualTo(expected));
    }

    [TestCase("/", true), TestCase("/connect/authorize?a=b", true), TestCase("//evil", false), TestCase("/\\evil", false), TestCase("/a\\b", false), TestCase("https://evil", false), TestCase("javascript:x", false), TestCase("/\t/evil", false), TestCase("/a\nb", false), TestCase(null, false), TestCase("", false)]
    public void A_return_url_is_a_path_of_ours(string? url, bool local) => Assert.That(ReturnUrl.IsLocal(url), Is.EqualTo(local));
}
