using System.Security.Claims;
using BenchmarkDotNet.Attributes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using OidcProvider.Keys;
using OidcProvider.Tokens;

namespace OidcProvider.Benchmarks;

/// <summary>A signed access token, and the sealed state behind a code or refresh token.</summary>
[MemoryDiagnoser]
public class TokenCreation
{
    private static readonly Guid Row = Guid.Parse("0197c0de-0000-7000-8000-000000000001");

    private readonly ServerServices _server = new();
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly List<Claim> _claims =
    [
        new("sub", Row.ToString()), new("auth_time", "1764036000", ClaimValueTypes.Integer64), new("amr", """["pwd"]""", "JSON_ARRAY"), new("acr", "aal1"),
        new("oi_prst", "web"), new("oi_scp", "openid"), new("oi_scp", "offline_access"), new("oi_reduri", "http://127.0.0.1:7101/cb"),
    ];

    private KeyRing _keys = null!;
    private StateSeal _seal = null!;
    private string _sealed = "";

    [Params("RS256", "PS256", "ES256")]
    public string Algorithm { get; set; } = "";

    [GlobalSetup]
    public async Task PrepareAsync()
    {
        await _server.PrepareAsync();
        _keys = _server.Get<KeyRing>();
        _seal = _server.Get<StateSeal>();
        _sealed = _seal.Seal(_claims, Row);
    }

    [GlobalCleanup]
    public async Task CleanAsync() => await _server.DisposeAsync();

    [Benchmark]
    public string AccessToken() => _handler.CreateToken(new SecurityTokenDescriptor
    {
        Issuer = "http://localhost:5080", Audience = "http://localhost:5082", TokenType = "at+jwt", IssuedAt = DateTime.UnixEpoch, Expires = DateTime.UnixEpoch.AddMinutes(15),
        Claims = new Dictionary<string, object> { ["sub"] = "bench", ["client_id"] = "bench", ["scope"] = "api", ["jti"] = AccessTokenId.Create(null) },
        SigningCredentials = _keys.Current.For(Algorithm),
    });

    [Benchmark]
    public string SealState() => _seal.Seal(_claims, Row);

    [Benchmark]
    public object? OpenState() => _seal.Open(_sealed, Row);
}
