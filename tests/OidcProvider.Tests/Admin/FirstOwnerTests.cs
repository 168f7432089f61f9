using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.Cli;
using OidcProvider.Data;
using OidcProvider.TestKit;
using OidcProvider.Users;

namespace OidcProvider.Tests.Admin;

/// <summary>The way in when nobody owns the server: a link, made once, good once, for an hour, dead once there is an owner.</summary>
public partial class FirstOwnerTests
{
    private ProviderHost _host = null!;

    [SetUp]
    public async Task StartAsync()
    {
        var nobody = Given.Everything();
        nobody["users"] = new System.Text.Json.Nodes.JsonArray(Given.User(Given.Bob, "Bob", "Builder", []));
        _host = await ProviderHost.StartAsync(bootstrap: nobody, settings: new Dictionary<string, string> { ["Users:RequireMfaForRoles"] = "admin" });
    }

    [TearDown]
    public async Task StopAsync() => await _host.DisposeAsync();

    [Test]
    public async Task The_link_makes_the_first_owner_who_must_then_set_up_a_second_factor()
    {
        var token = (await OfferAsync()).Token!;
        using var browser = new UserAgent(_host.Issuer);
        var page = await browser.GetAsync($"/first-owner?token={token}");
        Assert.That((int)page.Status, Is.EqualTo(200));
        var weak = await browser.SubmitAsync(page, null, ("Email", "olga@example.test"), ("Password", "password"));
        Assert.That((int)weak.Status, Is.EqualTo(400), "a weak password costs no second link");
        var signIn = await browser.SubmitAsync(weak, null, ("Email", "olga@example.test"), ("Password", Given.Password));
        Assert.That(signIn.Body, Does.Contain("current-password"));
        var setup = await browser.SignInAsync(signIn, "olga@example.test");
        Assert.That(setup.Body, Does.Contain("otpauth://"));
        Assert.That((await browser.GetAsync("/admin")).Body, Does.Contain("current-password"), "not without the second factor");
        Assert.That((int)(await browser.GetAsync($"/first-owner?token={token}")).Status, Is.EqualTo(400));
        Assert.That(await OfferAsync(), Is.EqualTo(new OwnerOffer(null, null)));
        await _host.InScopeAsync(services =>
        {
            var database = services.GetRequiredService<AppDbContext>();
            Assert.That(database.AuditRecords.Single(record => record.Event == "user.added" && record.Actor == FirstOwner.Actor).Change, Does.Contain("olga@example.test").And.Not.Contain(Given.Password));
            return Task.CompletedTask;
        });
    }

    [Test]
    public async Task Of_several_nodes_that_start_at_once_one_shows_the_link_and_the_secret_is_kept_as_a_hash()
    {
        var offers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => OfferAsync()));
        var shown = offers.Where(offer => offer.Token is not null).ToList();
        Assert.That(shown, Has.Count.EqualTo(1));
        Assert.That(offers.Count(offer => offer.Waiting is not null), Is.EqualTo(5));
        await _host.InScopeAsync(services =>
        {
            Assert.That(services.GetRequiredService<AppDbContext>().MailedLinks.Where(row => row.Purpose == LinkPurpose.FirstOwner).Select(row => row.Id.Length), Is.EqualTo(new[] { 32 }));
            return Task.CompletedTask;
        });
    }

    [Test]
    public async Task An_old_a_used_and_a_wrong_link_open_nothing_and_a_later_start_shows_a_new_one()
    {
        var token = (await OfferAsync()).Token!;
        using var browser = new UserAgent(_host.Issuer);
        foreach (var wrong in new[] { "", "x", token[..^1], token + "x" })
        {
            Assert.That((int)(await browser.GetAsync($"/first-owner?token={wrong}")).Status, Is.EqualTo(400));
        }

        _host.Time.Advance(TimeSpan.FromMinutes(61));
        Assert.That((int)(await browser.GetAsync($"/first-owner?token={token}")).Status, Is.EqualTo(400));
        Assert.That((await OfferAsync()).Token, Is.Not.Null.And.Not.EqualTo(token));
    }

    [Test]
    public async Task A_link_used_by_two_at_once_makes_one_owner()
    {
        var token = (await OfferAsync()).Token!;
        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(async i =>
        {
            await using var scope = _host.Services.CreateAsyncScope();
            return await scope.ServiceProvider.GetRequiredService<FirstOwner>().ClaimAsync(token, $"owner{i}@example.test", Given.Password);
        }));
        Assert.That(results.Count(result => result.Succeeded), Is.EqualTo(1));
        await _host.InScopeAsync(async services => Assert.That((await services.GetRequiredService<UserSearch>().ListAsync(new UserQuery { Role = AdminRoles.Owner })).Rows, Has.Count.EqualTo(1)));
    }

    [Test]
    public async Task An_owner_made_by_command_kills_the_link_and_an_address_that_is_taken_does_not_use_it_up()
    {
        var token = (await OfferAsync()).Token!;
        await _host.InScopeAsync(async services =>
        {
            var taken = await services.GetRequiredService<FirstOwner>().ClaimAsync(token, Given.Bob, Given.Password);
            Assert.That(taken.Problems.Single().Code, Is.EqualTo(UserDirectory.Exists));
        });
        await _host.InScopeAsync(async services => Assert.That(await services.GetRequiredService<FirstOwner>().IsOpenAsync(token), Is.True));
        using StringWriter output = new(), error = new();
        var code = await CommandLine.InvokeAsync(["user", "make-owner", Given.Bob, "--json", .. _host.Arguments()], arguments => Program.Build(arguments), new CliConsole(output, error, TextReader.Null, Interactive: false));
        Assert.That((code, System.Text.Json.Nodes.JsonNode.Parse(output.ToString())!["roles"]![0]!.ToString()), Is.EqualTo((0, "admin")), error.ToString());
        await _host.InScopeAsync(async services => Assert.That(await services.GetRequiredService<FirstOwner>().IsOpenAsync(token), Is.False));
    }

    [Test]
    public async Task In_Production_the_start_says_the_link_on_standard_error_and_in_Development_nothing()
    {
        Assert.That(await PrintedAsync("Development"), Is.Empty);
        var first = await PrintedAsync("Production");
        Assert.That(Link().Match(first).Value, Does.StartWith($"{_host.IssuerValue}/first-owner?token="));
        Assert.That(await PrintedAsync("Production"), Does.Not.Contain("token=").And.Contain("make-owner"));
        Assert.That(_host.Log.Lines, Has.None.Contains("first-owner?token="));
    }

    private async Task<string> PrintedAsync(string environment)
    {
        using var error = new StringWriter();
        var before = _host.Services.GetRequiredService<Microsoft.Extensions.Hosting.IHostEnvironment>();
        var was = before.EnvironmentName;
        before.EnvironmentName = environment;
        await OwnerLink.PrintAsync(_host.Services, new CliConsole(TextWriter.Null, error, TextReader.Null, Interactive: false), CancellationToken.None);
        before.EnvironmentName = was;
        return error.ToString();
    }

    private async Task<OwnerOffer> OfferAsync()
    {
        await using var scope = _host.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<FirstOwner>().OfferAsync();
    }

    [GeneratedRegex(@"http\S+token=\S+")]
    private static partial Regex Link();
}
