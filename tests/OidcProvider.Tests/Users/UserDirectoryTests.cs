using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Audit;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Users;

namespace OidcProvider.Tests.Users;

internal sealed class UserDirectoryTests
{
    private const string Password = "correct horse battery staple";

    private static readonly UserDefinition Alice = new()
    {
        Email = "alice@example.test",
        EmailVerified = true,
        Password = Password,
        GivenName = "Alice",
        Zoneinfo = "Europe/Berlin",
        Roles = ["admin"],
        Claims = new JsonObject { ["department"] = "R&D" },
    };

    private TestServices _services = null!;

    private UserDirectory Directory => _services.Get<UserDirectory>();

    private UserStanding Standing => _services.Get<UserStanding>();

    [SetUp]
    public async Task CreateAsync() => _services = await TestServices.CreateAsync();

    [TearDown]
    public async Task DisposeAsync() => await _services.DisposeAsync();

    [Test]
    public async Task An_added_user_is_found_in_any_letter_case_with_roles_and_claims()
    {
        await Directory.AddAsync(Alice, "test");
        await _services.ForgetAsync();
        var user = (await Directory.FindByNameAsync(" ALICE@example.TEST "))!;

        Assert.That(user.GivenName, Is.EqualTo("Alice"));
        Assert.That(user.EmailConfirmed);
        Assert.That(user.PasswordHash, Does.StartWith("$argon2id$"));
        Assert.That(JsonNode.Parse(user.Claims)!["department"]!.ToString(), Is.EqualTo("R&D"));
        Assert.That(JsonNode.Parse(user.Claims)!["zoneinfo"]!.ToString(), Is.EqualTo("Europe/Berlin"));
        Assert.That(await Directory.RolesOfAsync(user), Is.EqualTo(new[] { "admin" }));
        Assert.That((await Directory.FindAsync(user.Id))!.Id, Is.EqualTo(user.Id));
        Assert.That(await _services.EventsAsync(), Is.EqualTo(new[] { AuditEvents.UserAdded }));
    }

    [Test]
    public async Task An_address_has_one_account()
    {
        await Directory.AddAsync(Alice, "test");
        var second = await Directory.AddAsync(Alice with { Email = "Alice@Example.Test" }, "test");

        Assert.That(second.Problems.Single().Code, Is.EqualTo(UserDirectory.Exists));
    }

    [Test]
    public async Task The_right_password_succeeds()
    {
        await Directory.AddAsync(Alice, "test");
        var check = await Directory.CheckPasswordAsync("alice@example.test", Password);

        Assert.That(check.Succeeded);
        Assert.That(check.User!.Email, Is.EqualTo("alice@example.test"));
    }

    [TestCase("alice@example.test", "wrong", PasswordCheck.WrongPassword, true)]
    [TestCase("alice@example.test", "", PasswordCheck.WrongPassword, true)]
    [TestCase("nobody@example.test", Password, PasswordCheck.UnknownUser, false)]
    [TestCase("passwordless@example.test", Password, PasswordCheck.NoPassword, true)]
    [TestCase("barred@example.test", Password, PasswordCheck.Disabled, true)]
    [TestCase("barred@example.test", "wrong", PasswordCheck.WrongPassword, true)]
    public async Task A_refused_password_names_its_reason_for_the_log_only(string name, string password, string reason, bool known)
    {
        await Directory.AddAsync(Alice, "test");
        await Directory.AddAsync(Alice with { Email = "passwordless@example.test", Password = null }, "test");
        await Directory.AddAsync(Alice with { Email = "barred@example.test" }, "test");
        await _services.Get<IServiceProvider>().DisableUserAsync("barred@example.test");
        var check = await Directory.CheckPasswordAsync(name, password);

        Assert.That(check.User, Is.Null);
        Assert.That(check.Reason, Is.EqualTo(reason));
        Assert.That(check.Account is not null, Is.EqualTo(known));
    }

    [Test]
    public async Task A_longer_password_than_any_account_can_have_is_wrong_even_if_its_beginning_is_right()
    {
        var longest = new string('x', UserRules.MaxPasswordLength);
        await Directory.AddAsync(Alice with { Password = longest }, "test");

        Assert.That((await Directory.CheckPasswordAsync(Alice.Email, longest)).Succeeded);
        Assert.That((await Directory.CheckPasswordAsync(Alice.Email, longest + "x")).Succeeded, Is.False);
    }

    [Test]
    public async Task Accounts_that_do_not_exist_or_have_no_password_cost_as_much_as_others()
    {
        await Directory.AddAsync(Alice, "test");
        await Directory.AddAsync(Alice with { Email = "passwordless@example.test", Password = null }, "test");
        await Directory.CheckPasswordAsync(Alice.Email, "wrong");

        using var hashes = new HashCount(_services.Get<IMeterFactory>());
        foreach (var name in new[] { Alice.Email, "nobody@example.test", "passwordless@example.test" })
        {
            Assert.That(await hashes.OfAsync(() => Directory.CheckPasswordAsync(name, "wrong")), Is.EqualTo(1), name);
            Assert.That(await hashes.OfAsync(() => Directory.CheckPasswordAsync(name, new string('x', 10_000))), Is.EqualTo(1), $"{name}, a password no account can have");
        }

        // The hash of nobody costs what anybody's does.
        Assert.That(_services.Get<Argon2id>().NeedsRehash(await _services.Get<PasswordHasher>().NobodysHash), Is.False);
    }

    [Test]
    public async Task A_hash_of_an_older_cost_is_renewed_at_sign_in_and_signs_nobody_out()
    {
        await Directory.AddAsync(Alice, "test");
        var before = await _services.Database.Users.AsNoTracking().SingleAsync();
        await using var dearer = await TestServices.CreateAsync(_services.Folder, ("PasswordHash:Iterations", "2"));

        Assert.That((await dearer.Get<UserDirectory>().CheckPasswordAsync(Alice.Email, "wrong")).Succeeded, Is.False);
        Assert.That((await dearer.Database.Users.AsNoTracking().SingleAsync()).PasswordHash, Is.EqualTo(before.PasswordHash));

        var check = await dearer.Get<UserDirectory>().CheckPasswordAsync(Alice.Email, Password);
        var after = await dearer.Database.Users.AsNoTracking().SingleAsync();
        Assert.That(after.PasswordHash, Is.Not.EqualTo(before.PasswordHash));
        Assert.That(after.PasswordHash, Does.Contain(",t=2,"));
        Assert.That(check.User!.PasswordHash, Is.EqualTo(after.PasswordHash));
        Assert.That(after.SecurityStamp, Is.EqualTo(before.SecurityStamp));
        Assert.That((await dearer.Get<UserDirectory>().CheckPasswordAsync(Alice.Email, Password)).Succeeded);
        Assert.That((await dearer.Database.Users.AsNoTracking().SingleAsync()).PasswordHash, Is.EqualTo(after.PasswordHash));
    }

    [Test]
    public async Task A_barred_user_gets_in_again_when_enabled()
    {
        await Directory.AddAsync(Alice with { Roles = [] }, "test");
        var stamp = (await Directory.FindByNameAsync(Alice.Email))!.SecurityStamp;
        await _services.Get<IServiceProvider>().DisableUserAsync(Alice.Email);
        Assert.That((await Directory.FindByNameAsync(Alice.Email))!.SecurityStamp, Is.Not.EqualTo(stamp));

        await _services.Get<IServiceProvider>().EnableUserAsync(Alice.Email);
        Assert.That((await Directory.CheckPasswordAsync(Alice.Email, Password)).Succeeded);
        Assert.That(await _services.EventsAsync(), Is.SupersetOf(new[] { AuditEvents.UserAdded, AuditEvents.UserDisabled, AuditEvents.UserEnabled }));
        Assert.That((await Standing.DisableAsync(Acting.Operator("test"), Guid.NewGuid())).Problems.Single().Code, Is.EqualTo(UserDirectory.NotFound));
    }

    [Test]
    public async Task An_update_changes_what_it_names_and_never_the_password()
    {
        await Directory.AddAsync(Alice, "test");
        await Directory.UpdateAsync(Alice with { Password = "another password altogether", GivenName = null, FamilyName = "Archer", Roles = ["auditor"], Claims = null }, "test");
        await _services.ForgetAsync();
        var user = (await Directory.FindByNameAsync(Alice.Email))!;

        Assert.That(user.GivenName, Is.EqualTo("Alice"));
        Assert.That(user.FamilyName, Is.EqualTo("Archer"));
        Assert.That(JsonNode.Parse(user.Claims)!["department"]!.ToString(), Is.EqualTo("R&D"));
        Assert.That(await Directory.RolesOfAsync(user), Is.EqualTo(new[] { "auditor" }));
        Assert.That((await Directory.CheckPasswordAsync(Alice.Email, Password)).Succeeded);
    }

    [Test]
    public async Task An_update_that_changes_nothing_writes_nothing()
    {
        await Directory.AddAsync(Alice, "test");
        await _services.ForgetAsync();
        await Directory.UpdateAsync(Alice, "test");

        Assert.That(await _services.EventsAsync(), Is.EqualTo(new[] { AuditEvents.UserAdded }));
    }

    [Test]
    public async Task Identity_applies_the_same_password_rule_and_hash()
    {
        await Directory.AddAsync(Alice, "test");
        await _services.ForgetAsync();
        var users = _services.Get<UserManager<User>>();
        var user = (await users.FindByEmailAsync(Alice.Email))!;

        Assert.That((await users.ChangePasswordAsync(user, Password, "too short")).Errors.Single().Code, Is.EqualTo(UserRules.InvalidPassword));
        Assert.That((await users.ChangePasswordAsync(user, Password, "only lower case and long")).Succeeded);
        Assert.That((await Directory.CheckPasswordAsync(Alice.Email, "only lower case and long")).Succeeded);
    }
}
