using OidcProvider.Clients;
using OidcProvider.Clients.Grading;
using OidcProvider.Data;

namespace OidcProvider.Tests.Clients.Grading;

/// <summary>Grades follow the rule sets, know what the client used, and offer a fix only where it breaks nothing.</summary>
internal sealed class ClientGradeTests
{
    private static readonly DateTime Now = new(2026, 6, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime Old = Now.AddDays(-200), Recent = Now.AddDays(-3);

    private static readonly ClientDefinition Good = new() { ClientId = "web", ClientName = "Web", RedirectUris = ["https://rp.test/cb"], Scope = "openid" };

    private static ClientGrade Grade(ClientDefinition client, params (string Kind, string Value, DateTime First, DateTime Last)[] usage) => ClientGrade.Of(
        new RegisteredClient(Guid.Empty, client, false) { CreatedAt = Old, UpdatedAt = Old },
        [.. usage.Select(use => new ClientUsage { Kind = use.Kind, Value = use.Value, FirstAt = use.First, LastAt = use.Last, Count = 1 })], Now);

    private static Finding? Find(ClientGrade grade, string code) => grade.RuleSets.SelectMany(set => set.Findings).FirstOrDefault(finding => finding.Code == code);

    [Test]
    public void A_plain_client_is_an_A_and_is_far_from_FAPI()
    {
        var grade = Grade(Good);
        Assert.That(grade.Letter, Is.EqualTo("A"));
        Assert.That(grade.RuleSets.Single(set => set.Name == "fapi2"), Has.Property("Applies").False.And.Property("Letter").EqualTo("F"));
        Assert.That(Grade(Good with { Profile = "fapi2" }).Letter, Is.EqualTo("F"));
    }

    [Test]
    public void PKCE_is_asked_for_and_can_be_required_at_once_where_it_is_always_used()
    {
        Assert.That(Grade(Good with { RequirePkce = false }).Letter, Is.EqualTo("C"));
        Assert.That(Find(Grade(Good with { RequirePkce = false }), "pkce_optional")!.Fix, Is.Null);
        Assert.That(Find(Grade(Good with { RequirePkce = false }, ("pkce", "with", Old, Recent)), "pkce_optional")!.Fix!.ToJsonString(), Is.EqualTo("{\"require_pkce\":true}"));
        Assert.That(Find(Grade(Good with { RequirePkce = false }, ("pkce", "with", Old, Recent), ("pkce", "without", Old, Recent)), "pkce_optional")!.Fix, Is.Null);
    }

    [Test]
    public void An_address_that_was_not_used_for_90_days_is_found_and_its_fix_removes_it_and_no_other()
    {
        var client = Good with { RedirectUris = ["https://rp.test/cb", "https://old.test/cb"] };
        var finding = Find(Grade(client, ("redirect_uri", "https://rp.test/cb", Old, Recent)), "redirect_uri_unused")!;
        Assert.That(finding.Field, Is.EqualTo("https://old.test/cb"));
        Assert.That(ClientPatch.Apply(client, finding.Fix!).Value.RedirectUris, Is.EqualTo(new[] { "https://rp.test/cb" }));

        // Nothing is known of a client that nobody used, or that is watched since a few days.
        Assert.That(Find(Grade(client), "redirect_uri_unused"), Is.Null);
        Assert.That(Find(Grade(client, ("redirect_uri", "https://rp.test/cb", Recent, Recent)), "redirect_uri_unused"), Is.Null);
    }

    [Test]
    public void Grants_and_scopes_that_nobody_uses_are_found()
    {
        var client = Good with { GrantTypes = ["authorization_code", "refresh_token"], Scope = "openid email" };
        var grade = Grade(client, ("grant_type", "authorization_code", Old, Recent), ("scope", "openid", Old, Recent));
        Assert.That(ClientPatch.Apply(client, Find(grade, "grant_unused")!.Fix!).Value.GrantTypes, Is.EqualTo(new[] { "authorization_code" }));
        Assert.That(ClientPatch.Apply(client, Find(grade, "scope_unused")!.Fix!).Value.Scope, Is.EqualTo("openid"));
    }

    [Test]
    public void A_single_page_app_is_judged_as_one_and_an_agent_as_one()
    {
        var spa = Grade(Good with { TokenEndpointAuthMethod = "none", GrantTypes = ["authorization_code", "refresh_token"], Scope = "openid offline_access" });
        Assert.That(spa.RuleSets.Where(set => set.Applies).Select(set => set.Name), Is.EqualTo(new[] { "oauth21", "browser" }));
        Assert.That(spa.Letter, Is.EqualTo("C"));
        Assert.That(Find(spa, "refresh_token_in_browser"), Is.Not.Null);
        var agent = Grade(Good with { TokenEndpointAuthMethod = "none", ApplicationType = "native", RedirectUris = ["com.example.app:/cb"], Consent = "implicit", ClientName = null });
        Assert.That(agent.RuleSets.Single(set => set.Name == "mcp").Findings.Select(finding => finding.Code), Is.SupersetOf(new[] { "redirect_uri_private_scheme", "agent_without_consent", "name_missing" }));
        Assert.That(agent.Letter, Is.GreaterThan("C"));
    }

    [TestCase("A", 'B', true), TestCase("B", 'b', true), TestCase("C", 'B', false)]
    public void A_grade_is_at_least_another(string letter, char least, bool expected) => Assert.That(new ClientGrade(letter, []).IsAtLeast(least), Is.EqualTo(expected));

    [Test]
    public void A_patch_is_read_as_strictly_as_a_definition()
    {
        Assert.That(ClientPatch.Apply(Good, "{\"client_name\":null,\"scope\":\"openid email\"}").Value, Is.EqualTo(Good with { ClientName = null, Scope = "openid email" }));
        Assert.That(ClientPatch.Apply(Good, "{\"colour\":\"red\"}").Problems[0].Field, Is.EqualTo("colour"));
        Assert.That(ClientPatch.Apply(Good, "{\"scope\":\"a\",\"scope\":\"b\"}").Succeeded, Is.False);
        Assert.That(ClientPatch.Apply(Good, "[]").Succeeded, Is.False);
    }
}
