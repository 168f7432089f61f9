using OidcProvider.Clients;

namespace OidcProvider.Tests.Clients;

[Parallelizable(ParallelScope.All)]
internal sealed class RedirectUrisTests
{
    [TestCase("https://rp1.test/cb")]
    [TestCase("https://rp1.test:8443/cb?x=1&y=%20")]
    [TestCase("https://rp1.test/~user/cb")]
    [TestCase("https://192.0.2.7/cb")]
    [TestCase("http://127.0.0.1:7101/cb")]
    [TestCase("http://[::1]:7101/cb")]
    [TestCase("http://localhost:5081/signin-oidc")]
    public void A_web_client_may_register_https_and_http_on_loopback(string uri) =>
        Assert.That(RedirectUris.Fault(uri, native: false), Is.Null);

    [TestCase("com.example.app:/callback")]
    [TestCase("com.example.app://callback")]
    [TestCase("http://127.0.0.1/cb")]
    [TestCase("https://app.example/cb")]
    public void A_native_client_may_also_register_a_scheme_of_its_own(string uri) =>
        Assert.That(RedirectUris.Fault(uri, native: true), Is.Null);

    [TestCase("")]
    [TestCase("/cb")]
    [TestCase("rp1.test/cb")]
    [TestCase("//rp1.test/cb")]
    [TestCase("http://rp1.test/cb", Description = "A01: no http beside loopback")]
    [TestCase("http://127.0.0.1.evil.test/cb")]
    [TestCase("http://127.0.0.2/cb")]
    [TestCase("http://127.1/cb")]
    [TestCase("http://2130706433/cb")]
    [TestCase("http://0x7f000001/cb")]
    [TestCase("http://[::ffff:127.0.0.1]/cb")]
    [TestCase("http://localhost.evil.test/cb")]
    [TestCase("http://localhost./cb")]
    [TestCase("https://RP1.test/cb", Description = "A01: one spelling only")]
    [TestCase("HTTPS://rp1.test/cb")]
    [TestCase("https://rp1.test./cb", Description = "A01: trailing dot host")]
    [TestCase("https://rp1.test@evil.test/cb", Description = "A03")]
    [TestCase("https://a@b@rp1.test/cb")]
    [TestCase("https://rp1.test%40evil.test/cb")]
    [TestCase("https://rp1.test\\@evil.test/cb")]
    [TestCase("https://evil.test#@rp1.test/cb")]
    [TestCase("https://rp1.test:pw@evil.test")]
    [TestCase("https://rp1.test/cb#fragment")]
    [TestCase("https://*.rp1.test/cb")]
    [TestCase("https://rp1.test/*")]
    [TestCase("https://rp1.test/a/../cb")]
    [TestCase("https://rp1.test/a/%2e%2E/cb")]
    [TestCase("https://rp1.test/./cb")]
    [TestCase("https:///cb")]
    [TestCase("https:/cb")]
    [TestCase("https:rp1.test")]
    [TestCase("https://")]
    [TestCase("https://rp1.test:99999/cb")]
    [TestCase("https://rp1.test/c b")]
    [TestCase("https://rp1.test/cb\n")]
    [TestCase("https://rp1.test/\tcb")]
    [TestCase(" https://rp1.test/cb")]
    [TestCase("https://rp1.test/\0")]
    [TestCase("https://rp1.tést/cb")]
    [TestCase("https://rp1.test/cb\u200b")]
    [TestCase("javascript:alert(1)", Description = "A07")]
    [TestCase("JaVaScRiPt:alert(1)")]
    [TestCase(" javascript:alert(1)")]
    [TestCase("javascript://rp1.test/%0aalert(1)")]
    [TestCase("data:text/html,hello")]
    [TestCase("vbscript:x")]
    [TestCase("file:///etc/passwd")]
    [TestCase("about:blank")]
    [TestCase("blob:https://rp1.test/x")]
    [TestCase("com.example.app:/callback", Description = "for native clients only")]
    public void Nothing_else_can_be_registered_by_a_web_client(string uri) =>
        Assert.That(RedirectUris.Fault(uri, native: false), Is.Not.Null);

    [TestCase("myapp:/callback", Description = "RFC 8252 §7.1: reverse domain name")]
    [TestCase("javascript:alert(1)")]
    [TestCase("data:text/html,hello")]
    [TestCase("com.example.app:")]
    [TestCase("Com.Example.App:/callback")]
    [TestCase("com.example.app:/callback#f")]
    [TestCase("com.example.app://user@host/cb")]
    [TestCase("http://rp1.test/cb")]
    [TestCase("about:blank")]
    public void Nothing_else_can_be_registered_by_a_native_client(string uri) =>
        Assert.That(RedirectUris.Fault(uri, native: true), Is.Not.Null);

    [Test]
    public void An_address_of_more_than_2000_characters_is_refused() =>
        Assert.That(RedirectUris.Fault("https://rp1.test/" + new string('a', 2000), native: false), Does.Contain("2000"));

    [TestCase("https://rp1.test/cb")]
    [TestCase("http://127.0.0.1:7101/cb")]
    [TestCase("com.example.app:/cb")]
    public void The_registered_text_matches_itself(string uri)
    {
        Assert.That(RedirectUris.Matches(uri, uri, native: false));
        Assert.That(RedirectUris.Matches(uri, uri, native: true));
    }

    [TestCase("https://rp1.test.evil.test/cb")]
    [TestCase("https://evil.test/https://rp1.test/cb")]
    [TestCase("https://rp1.test/cb.evil")]
    [TestCase("https://rp1.test/cb/x")]
    [TestCase("https://rp1.test/cb?x=1")]
    [TestCase("https://RP1.test/cb")]
    [TestCase("https://rp1.test:443/cb")]
    [TestCase("http://rp1.test/cb")]
    [TestCase("https://rp1.test/CB")]
    [TestCase("https://rp1.test/cb/")]
    [TestCase("https://rp1.test./cb")]
    [TestCase("https://rp1.test@evil.test/cb")]
    public void Nothing_near_the_registered_text_matches_it(string presented)
    {
        Assert.That(RedirectUris.Matches("https://rp1.test/cb", presented, native: false), Is.False);
        Assert.That(RedirectUris.Matches("https://rp1.test/cb", presented, native: true), Is.False);
    }

    [TestCase("http://127.0.0.1/cb", "http://127.0.0.1:51004/cb", true)]
    [TestCase("http://127.0.0.1:7000/cb", "http://127.0.0.1:51004/cb", true)]
    [TestCase("http://127.0.0.1/cb?a=1", "http://127.0.0.1:51004/cb?a=1", true)]
    [TestCase("http://[::1]/cb", "http://[::1]:51004/cb", true)]
    [TestCase("http://localhost/cb", "http://localhost:51004/cb", false)]
    [TestCase("http://127.0.0.1/cb", "http://localhost:51004/cb", false)]
    [TestCase("http://127.0.0.1/cb", "http://[::1]:51004/cb", false)]
    [TestCase("http://127.0.0.1/cb", "http://127.0.0.1:51004/cb/x", false)]
    [TestCase("http://127.0.0.1/cb", "http://127.0.0.1:51004/", false)]
    [TestCase("http://127.0.0.1/cb", "https://127.0.0.1:51004/cb", false)]
    [TestCase("https://127.0.0.1/cb", "https://127.0.0.1:51004/cb", false)]
    [TestCase("http://127.0.0.1/cb", "http://127.0.0.1:/cb", false)]
    [TestCase("http://127.0.0.1/cb", "http://127.0.0.1:0/cb", false)]
    [TestCase("http://127.0.0.1/cb", "http://127.0.0.1:5a/cb", false)]
    [TestCase("http://127.0.0.1/cb", "http://127.0.0.1:51004@evil.test/cb", false)]
    [TestCase("http://127.0.0.1/cb", "http://127.0.0.1.evil.test/cb", false)]
    public void Only_the_port_of_a_loopback_address_is_free_and_only_for_native_clients(string registered, string presented, bool expected)
    {
        Assert.That(RedirectUris.Matches(registered, presented, native: true), Is.EqualTo(expected));
        Assert.That(RedirectUris.Matches(registered, presented, native: false), Is.False);
    }
}
