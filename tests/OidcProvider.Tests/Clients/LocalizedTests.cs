using System.Text.Json;
using OidcProvider.Clients;
using OidcProvider.Hosting;
using OidcProvider.Languages;

namespace OidcProvider.Tests.Clients;

/// <summary>Members in further languages (RFC 7591 §2.2) and an app's colours.</summary>
public class LocalizedTests
{
    private static ClientDefinition Read(string more, out List<Problem> problems)
    {
        problems = [];
        using var document = JsonDocument.Parse($$"""{ "client_id": "shop", "client_name": "Shop", "redirect_uris": ["https://shop.example/cb"]{{more}} }""");
        var client = StrictJson.Read<ClientDefinition>(document.RootElement, "", ClientJson.Options, problems) ?? new ClientDefinition();
        if (problems.Count == 0)
        {
            problems.AddRange(ClientRules.Check(client));
        }

        return client;
    }

    [TestCase("de", "Laden"), TestCase("zh-Hans", "商店"), TestCase("fr", "Boutique"), TestCase("es", "Shop"), TestCase("en", "Shop")]
    public void A_name_is_found_by_language(string tag, string expected)
    {
        var client = Read(""", "client_name#de-AT": "Geschäft", "client_name#de": "Laden", "client_name#zh-CN": "商店", "client_name#fr-CA": "Boutique", "client_name#it": "Negozio" """, out var problems);
        Assert.That(problems, Is.Empty);
        Assert.That(client.NameIn(Language.Find(tag)!), Is.EqualTo(expected));
        Assert.That(ClientJson.ReadStored(ClientJson.Write(client)).In(Language.Find(tag)!).ClientName, Is.EqualTo(expected));
    }

    [TestCase(""", "client_nme#de": "x" """, "client_nme#de")]
    [TestCase(""", "client_nme": "x" """, "client_nme")]
    [TestCase(""", "client_secret#de": "x" """, "client_secret#de")]
    [TestCase(""", "grant_types#de": ["x"] """, "grant_types#de")]
    [TestCase(""", "client_name#": "x" """, "client_name#")]
    [TestCase(""", "client_name#d_e": "x" """, "client_name#d_e")]
    [TestCase(""", "client_name#de": 5 """, "client_name#de")]
    [TestCase(""", "client_name#de": "a\u202Eb" """, "client_name#de")]
    [TestCase(""", "client_name#de": "x", "client_name#de": "y" """, "client_name#de")]
    [TestCase(""", "policy_uri#de": "javascript:alert(1)" """, "policy_uri#de")]
    [TestCase(""", "branding": { "color": "red" } """, "branding.color")]
    [TestCase(""", "branding": { "colour": "#000000" } """, "branding.colour")]
    [TestCase(""", "branding": { "color": "#ffff00" } """, "branding.color")]
    [TestCase(""", "branding": { "color": "#1a4fb4", "text_color": "#1a4fb4" } """, "branding.text_color")]
    public void What_no_page_can_show_is_refused_by_name(string more, string field)
    {
        Read(more, out var problems);
        Assert.That(problems.Select(problem => problem.Field), Does.Contain(field));
    }
}
