// A resource server: accepts access tokens of OidcProvider (RFC 9068) and asks for a scope.
// Run: dotnet run --project src/Samples/Api    Settings: Oidc:Authority, Oidc:Audience, urls.
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;
using OidcProvider.Samples;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls(builder.Configuration["urls"] ?? "http://localhost:5082");

// This API is not a client: it needs no id and no secret, only the address of the server.
var (settings, fault) = DemoSettings.Read(builder.Configuration, "", confidential: false);
if (settings is null)
{
    Console.Error.WriteLine(fault);
    return 2;
}

builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options =>
{
    // Issuer and keys come from discovery (RFC 8414) and are fetched again when an unknown key id turns up.
    options.Authority = settings.Issuer;
    options.RequireHttpsMetadata = settings.IsHttps;
    // Claims keep the names they have in the token.
    options.MapInboundClaims = false;
    options.TokenValidationParameters = new TokenValidationParameters
    {
        // RFC 9068 §4: the type tells an access token from an ID token, the audience tells our tokens from other APIs'.
        ValidTypes = ["at+jwt", "application/at+jwt"],
        ValidAudience = builder.Configuration["Oidc:Audience"] ?? "http://localhost:5082",
        ValidAlgorithms = [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.EcdsaSha256],
        ClockSkew = TimeSpan.FromSeconds(30),
        NameClaimType = "sub",
    };
    options.Events = new JwtBearerEvents
    {
        // RFC 6750 §3.1: a valid token without the scope is 403 insufficient_scope, and the answer names the scope.
        OnForbidden = context =>
        {
            context.Response.Headers.WWWAuthenticate = "Bearer error=\"insufficient_scope\", scope=\"api\"";
            return Task.CompletedTask;
        },
    };
});
builder.Services.AddAuthorizationBuilder().AddPolicy("api", policy => policy
    .RequireAuthenticatedUser()
    // RFC 9068 §2.2.3: one claim with all scopes, separated by spaces.
    .RequireAssertion(context => context.User.FindAll("scope").Any(claim => claim.Value.Split(' ').Contains("api"))));

var app = builder.Build();
app.UseAuthentication();
app.UseAuthorization();

app.MapGet("/", () => "GET /whoami with an access token for scope api.\n");
app.MapGet("/whoami", (HttpContext context) => context.User.Claims
    .GroupBy(claim => claim.Type)
    .ToDictionary(group => group.Key, group => string.Join(' ', group.Select(claim => claim.Value))))
    .RequireAuthorization("api");

app.Run();
return 0;
