using System.Text.Json;
using Microsoft.Playwright;
using OidcProvider.Users;

namespace OidcProvider.BrowserTests;

/// <summary>Every page of the server as each role, on a small phone: it opens for whom its policy names, and shows them only what they may use.</summary>
public class RolePageTests : InventoryFixture
{
    // What an auditor may press: it shows something and changes nothing.
    private static readonly string[] Harmless = ["Show the changes"];

    private const string See =
        """
        JSON.stringify({
          heading: document.querySelector("h1")?.innerText ?? "",
          links: [...document.links].filter(link => link.origin === location.origin && !link.search.includes("set_language")).map(link => link.pathname + link.search),
          rooms: [...document.querySelectorAll(".admin-nav a")].map(link => link.pathname),
          buttons: [...document.querySelectorAll("main form[method=post] button:not([type=button])")].filter(button => button.checkVisibility()).map(button => button.innerText.trim()),
          broken: [...document.images].filter(image => image.complete && image.naturalWidth === 0).map(image => image.currentSrc),
        })
        """;

    private sealed record Seen(string Heading, string[] Links, string[] Rooms, string[] Buttons, string[] Broken);

    // Refusals are what these tests are about.
    [SetUp]
    public void RefusalsAreExpected() => Provokes(400, 403, 404, 500);

    [TestCaseSource(typeof(Persona), nameof(Persona.All))]
    public async Task Each_page_answers_as_its_policy_says_and_shows_only_what_opens(object persona)
    {
        var who = (Persona)persona;
        var page = who.User is null ? await PageAsync(Look.Phone) : await SignedInAsync(who.User, width: Look.Phone);
        List<string> faults = [.. Stale.Select(route => $"{route} is not a page any more")];
        Dictionary<string, string> shown = [];
        HashSet<string> opened = [], rooms = [], pressable = [];
        foreach (var listed in Pages)
        {
            foreach (var opening in OpeningsOf(listed).Where(opening => opening.As is null || opening.As == (who.User ?? NoUser)))
            {
                var seen = await OpenAsync(page, listed.StatusFor(who), opening, faults);
                opened.Add(opening.Path);
                rooms.UnionWith(seen.Rooms);
                foreach (var link in seen.Links)
                {
                    shown.TryAdd(link, opening.Path);
                }

                if (listed.StatusFor(who) == 200 && listed.Route.StartsWith("/admin", StringComparison.Ordinal) && seen.Buttons.Except(Harmless).Any())
                {
                    pressable.Add($"{opening.Path}: {string.Join(", ", seen.Buttons)}");
                }
            }
        }

        foreach (var (link, at) in shown.Where(link => !opened.Contains(link.Key)))
        {
            var answer = await page.APIRequest.GetAsync(link);
            if (!answer.Ok)
            {
                faults.Add($"{at} shows {link}, which answers {answer.Status}");
            }
        }

        Assert.Multiple(() =>
        {
            Assert.That(faults, Is.Empty);
            Assert.That(rooms, Is.EquivalentTo(who.Role is null ? [] : Rooms.Where(room => RouteOf(room).StatusFor(who) == 200)), "the navigation");
            Assert.That(pressable, who.Role is null or AdminRoles.Auditor ? Is.Empty : Has.Count.GreaterThan(5), "buttons of the administration that change something");
        });
    }

    // What the navigation offers the owner: a page of the inventory each.
    private static IEnumerable<string> Rooms => OidcProvider.Admin.AdminNav.For(new(Guid.Empty, "", [AdminRoles.Owner])).Select(item => item.Path).Prepend("/admin");

    private ListedPage RouteOf(string room) => Pages.Single(page => OpeningsOf(page).Any(opening => opening.Path.TrimEnd('/') == room));

    private async Task<Seen> OpenAsync(IPage page, int expected, Opening opening, List<string> faults)
    {
        var answer = (await page.GotoAsync(opening.Path))!;
        // The description of the API is drawn by its script.
        await page.Locator("h1").First.WaitForAsync();
        var seen = JsonSerializer.Deserialize<Seen>(await page.EvaluateAsync<string>(See), JsonSerializerOptions.Web)!;
        var where = new Uri(page.Url).AbsolutePath;
        var faultsHere = expected switch
        {
            302 => where == "/login" && answer.Status == 200 ? null : $"leads to {where} with {answer.Status} instead of signing in",
            403 => answer.Status == 403 && await page.Locator("[data-reference]").CountAsync() == 1 ? null : $"answers {answer.Status} instead of 403",
            _ => answer.Status == opening.Status && where == new Uri(Host.Issuer, opening.Path).AbsolutePath ? null : $"leads to {where} with {answer.Status} instead of {opening.Status}",
        };
        faults.AddRange((await Look.FaultsAsync(page)).Append(faultsHere).Append(seen.Heading.Length > 0 ? null : "has no words in its heading")
            .Concat(seen.Broken.Select(image => $"misses the picture {image}")).OfType<string>().Select(fault => $"{opening.Path} {fault}"));
        return seen;
    }
}
