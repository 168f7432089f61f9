using Microsoft.Playwright;
using OidcProvider.TestKit;

namespace OidcProvider.BrowserTests;

/// <summary>One server and one Chromium for a fixture; each test has a browser context of its own and must leave no error behind.</summary>
public abstract class BrowserFixture
{
    private IPlaywright _playwright = null!;
    private readonly List<string> _errors = [];
    private readonly HashSet<int> _provoked = [];
    private readonly Dictionary<string, Cookie[]> _signedIn = [];

    protected ProviderHost Host { get; private set; } = null!;

    protected IBrowser Browser { get; private set; } = null!;

    protected virtual Task<ProviderHost> StartHostAsync() => ProviderHost.StartAsync();

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        Host = await StartHostAsync();
        _playwright = await Playwright.CreateAsync();
        Browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = File.Exists("/usr/bin/chromium") ? "/usr/bin/chromium" : null,
            Args = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-gpu"],
        });
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (Browser is not null)
        {
            await Browser.CloseAsync();
        }

        _playwright?.Dispose();
        if (Host is not null)
        {
            await Host.DisposeAsync();
        }
    }

    [SetUp]
    public void Forget()
    {
        _errors.Clear();
        _provoked.Clear();
    }

    [TearDown]
    public async Task No_page_reports_an_error()
    {
        foreach (var context in Browser.Contexts)
        {
            await context.CloseAsync();
        }

        if (TestContext.CurrentContext.Result.Outcome.Status is NUnit.Framework.Interfaces.TestStatus.Failed)
        {
            TestContext.Out.WriteLine(string.Join('\n', Host.Log.Lines.Where(line => line.StartsWith("Error", StringComparison.Ordinal) || line.StartsWith("Warning", StringComparison.Ordinal))));
        }

        Assert.That(_errors, Is.Empty);
    }

    private bool IsOurs(string url) => url.StartsWith(Host.IssuerValue, StringComparison.Ordinal);

    /// <summary>Names the refusals that a test is about. Any other failed answer, a missing style sheet for one, fails the test.</summary>
    protected void Provokes(params int[] statuses) => _provoked.UnionWith(statuses);

    /// <summary>A fresh browser profile.</summary>
    protected async Task<IPage> PageAsync(int width = Look.Desktop, bool javaScript = true)
    {
        var context = await Browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = Look.Height }, JavaScriptEnabled = javaScript, BaseURL = Host.IssuerValue });
        var page = await context.NewPageAsync();
        page.Console += (_, message) =>
        {
            // What failed to load is seen below, with its status.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
            {
                _errors.Add(message.Text);
            }
        };
        page.Response += (_, response) =>
        {
            if (IsOurs(response.Url) && response.Status >= 400 && !(response.Request.ResourceType == "document" && _provoked.Contains(response.Status)))
            {
                _errors.Add($"{response.Status} for {response.Request.Method} {response.Url}");
            }
        };
        page.RequestFailed += (_, request) =>
        {
            // Leaving a page ends what it still asks for; the client of these tests does not listen.
            if (IsOurs(request.Url) && request.Failure is not ("net::ERR_ABORTED" or null))
            {
                _errors.Add($"{request.Failure} for {request.Method} {request.Url}");
            }
        };
        page.PageError += (_, error) => _errors.Add(error);
        return page;
    }

    /// <summary>Redirects to the test clients end on a small page instead of nowhere. Only for pages that come there: it switches the browser's cache off.</summary>
    protected static Task AnswerForTheClientAsync(IPage page)
    {
        ArgumentNullException.ThrowIfNull(page);
        return page.RouteAsync("http://127.0.0.1:7101/**", route => route.FulfillAsync(new() { ContentType = "text/html", Body = $"<!doctype html><title>client</title><h1>At the client</h1><pre>{System.Net.WebUtility.HtmlEncode(route.Request.PostData)}</pre>" }));
    }

    /// <summary>A page of somebody who has signed in already: the form has tests of its own, so one sign-in a user is enough for a fixture.</summary>
    protected async Task<IPage> SignedInAsync(string user, string? path = null, int width = Look.Desktop, bool javaScript = true)
    {
        if (!_signedIn.TryGetValue(user, out var cookies))
        {
            using var agent = new UserAgent(Host.Issuer);
            await agent.SignInAsync(await agent.GetAsync("/login"), user);
            _signedIn[user] = cookies = CookiesOf(agent);
        }

        var page = await PageAsync(width: width, javaScript: javaScript);
        await page.Context.AddCookiesAsync(cookies);
        if (path is not null)
        {
            await page.GotoAsync(path);
        }

        return page;
    }

    /// <summary>What a browser without a browser has been given, for a real one.</summary>
    protected Cookie[] CookiesOf(UserAgent agent)
    {
        ArgumentNullException.ThrowIfNull(agent);
        return [.. agent.Cookies.GetAllCookies().Select(cookie => new Cookie { Name = cookie.Name, Value = cookie.Value, Url = Host.IssuerValue })];
    }

    protected static async Task SignInAsync(IPage page, string user = Given.Alice, string password = Given.Password)
    {
        ArgumentNullException.ThrowIfNull(page);
        await page.Locator("input[autocomplete~='username']").FillAsync(user);
        await page.Locator("input[autocomplete~='current-password']").FillAsync(password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
    }

    protected static Task PressAsync(IPage page, string button)
    {
        ArgumentNullException.ThrowIfNull(page);
        return page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
    }

    protected static Task<string> HeadingAsync(IPage page)
    {
        ArgumentNullException.ThrowIfNull(page);
        return page.Locator("h1").InnerTextAsync();
    }
}
