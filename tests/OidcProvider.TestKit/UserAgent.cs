using System.Net;
using System.Text.RegularExpressions;
using System.Web;

namespace OidcProvider.TestKit;

/// <summary>What came back: enough to look at and to go on from.</summary>
public sealed record Page(Uri Uri, HttpStatusCode Status, string Body, Uri? Location, HttpResponseMessage Response)
{
    public string Title => Regex.Match(Body, "<h1[^>]*>(.*?)</h1>", RegexOptions.Singleline) is { Success: true } heading
        ? Regex.Replace(WebUtility.HtmlDecode(Regex.Replace(heading.Groups[1].Value, "<[^>]*>", "")), @"\s+", " ").Trim() : "";

    /// <summary>The parameters of the redirect, from query and fragment.</summary>
    public string? Parameter(string name)
    {
        if (Location is null)
        {
            return null;
        }

        return HttpUtility.ParseQueryString(Location.Query)[name] ?? HttpUtility.ParseQueryString(Location.Fragment.TrimStart('#'))[name];
    }

    public string Header(string name) =>
        Response.Headers.TryGetValues(name, out var values) || Response.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : "";
}

/// <summary>A browser without a browser: cookies, forms, redirects within the server. It stops where a redirect leads elsewhere.</summary>
public sealed class UserAgent(Uri server) : IDisposable
{
    private readonly HttpClientHandler _handler = new() { AllowAutoRedirect = false, CookieContainer = new CookieContainer() };
    private HttpClient? _client;

    public CookieContainer Cookies => _handler.CookieContainer;

    private HttpClient Client => _client ??= new HttpClient(_handler) { BaseAddress = server };

    public async Task<Page> GetAsync(string url) => await FollowAsync(await OnceAsync(new HttpRequestMessage(HttpMethod.Get, url)));

    public async Task<Page> GetOnceAsync(string url) => await OnceAsync(new HttpRequestMessage(HttpMethod.Get, url));

    public async Task<Page> PostAsync(string url, IEnumerable<KeyValuePair<string, string>> form) =>
        await FollowAsync(await OnceAsync(new HttpRequestMessage(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(form) }));

    public async Task<Page> SendAsync(HttpRequestMessage request) => await OnceAsync(request);

    /// <summary>Fills and sends the form of a page that posts.</summary>
    public Task<Page> SubmitAsync(Page page, string? button = null, params (string Name, string Value)[] fields)
    {
        ArgumentNullException.ThrowIfNull(page);
        var (action, values) = Form(page);
        foreach (var (name, value) in fields)
        {
            values.RemoveAll(pair => pair.Key == name);
            values.Add(new(name, value));
        }

        if (button is not null)
        {
            values.Add(new("decision", button));
        }

        return PostAsync(action, values);
    }

    public async Task<Page> SignInAsync(Page page, string user = Given.Alice, string password = Given.Password) =>
        await SubmitAsync(page, null, ("Username", user), ("Password", password));

    public static (string Action, List<KeyValuePair<string, string>> Fields) Form(Page page)
    {
        ArgumentNullException.ThrowIfNull(page);
        var form = Regex.Match(page.Body, "<form[^>]*method=\"post\".*?</form>", RegexOptions.Singleline | RegexOptions.IgnoreCase);
        if (!form.Success)
        {
            throw new InvalidOperationException($"There is no form on '{page.Title}' ({(int)page.Status} {page.Uri}).");
        }

        var action = Attribute(Regex.Match(form.Value, "<form[^>]*>").Value, "action") ?? page.Uri.PathAndQuery;
        var fields = Regex.Matches(form.Value, "<input[^>]*>").Select(input => (Name: Attribute(input.Value, "name"), Value: Attribute(input.Value, "value") ?? ""))
            .Where(input => input.Name is not null).Select(input => new KeyValuePair<string, string>(input.Name!, input.Value)).ToList();
        return (action, fields);
    }

    public void Dispose()
    {
        _client?.Dispose();
        _handler.Dispose();
    }

    private static string? Attribute(string tag, string name) =>
        Regex.Match(tag, $"\\b{name}=\"([^\"]*)\"") is { Success: true } match ? WebUtility.HtmlDecode(match.Groups[1].Value) : null;

    private async Task<Page> FollowAsync(Page page)
    {
        for (var hops = 0; page.Location is { } next && next.Authority == server.Authority; hops++)
        {
            if (hops == 20)
            {
                throw new InvalidOperationException($"Redirects without end at {next}.");
            }

            page = await OnceAsync(new HttpRequestMessage(HttpMethod.Get, next));
        }

        return page;
    }

    private async Task<Page> OnceAsync(HttpRequestMessage request)
    {
        var response = await Client.SendAsync(request);
        var uri = response.RequestMessage!.RequestUri!;
        var location = response.Headers.Location is { } target ? target.IsAbsoluteUri ? target : new Uri(uri, target) : null;
        return new Page(uri, response.StatusCode, await response.Content.ReadAsStringAsync(), location, response);
    }
}
