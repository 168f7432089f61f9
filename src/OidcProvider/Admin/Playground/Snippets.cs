namespace OidcProvider.Admin.Playground;

/// <summary>The same in code, to take home. The names in it are the visitor's; secrets are read from the environment.</summary>
internal static class Snippets
{
    private const string AspNetCore = "ASP.NET Core", Node = "Node", Python = "Python", Curl = "curl";

    public static IEnumerable<(string Language, string Code)> Of(string flow, string issuer, string clientId, string scope) =>
        Templates(flow).Select(template => (template.Language, template.Code.Replace("{ISSUER}", issuer, StringComparison.Ordinal).Replace("{CLIENT}", clientId, StringComparison.Ordinal).Replace("{SCOPE}", scope, StringComparison.Ordinal)));

    private static (string Language, string Code)[] Templates(string flow) => flow switch
    {
        Flow.Device => DeviceFlow,
        Flow.Credentials => CredentialsFlow,
        _ => CodeFlow,
    };

    private static readonly (string, string)[] CodeFlow =
    [
        (AspNetCore,
            """
            builder.Services.AddAuthentication(options =>
            {
                options.DefaultScheme = CookieAuthenticationDefaults.AuthenticationScheme;
                options.DefaultChallengeScheme = OpenIdConnectDefaults.AuthenticationScheme;
            })
            .AddCookie()
            .AddOpenIdConnect(options =>
            {
                options.Authority = "{ISSUER}";
                options.ClientId = "{CLIENT}";
                options.ClientSecret = builder.Configuration["Oidc:ClientSecret"];
                options.ResponseType = "code";
                options.UsePkce = true;
                options.SaveTokens = true;
                options.MapInboundClaims = false;
                options.Scope.Clear();
                foreach (var scope in "{SCOPE}".Split(' ')) options.Scope.Add(scope);
            });
            """),
        (Node,
            """
            import * as client from 'openid-client'

            const config = await client.discovery(new URL('{ISSUER}'), '{CLIENT}', process.env.OIDC_CLIENT_SECRET)
            const verifier = client.randomPKCECodeVerifier()
            const state = client.randomState()
            const url = client.buildAuthorizationUrl(config, {
              redirect_uri: redirectUri, scope: '{SCOPE}', state,
              code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
            })
            // send the browser to url; in the handler of redirectUri:
            const tokens = await client.authorizationCodeGrant(config, currentUrl, { pkceCodeVerifier: verifier, expectedState: state })
            """),
        (Python,
            """
            # pip install authlib requests
            import os, requests
            from authlib.integrations.requests_client import OAuth2Session

            meta = requests.get("{ISSUER}/.well-known/openid-configuration").json()
            session = OAuth2Session("{CLIENT}", os.environ.get("OIDC_CLIENT_SECRET"), scope="{SCOPE}",
                                    redirect_uri=redirect_uri, code_challenge_method="S256")
            url, state = session.create_authorization_url(meta["authorization_endpoint"], code_verifier=verifier)
            # send the browser to url; in the handler of redirect_uri:
            tokens = session.fetch_token(meta["token_endpoint"], authorization_response=current_url, code_verifier=verifier)
            """),
        (Curl,
            """
            verifier=$(openssl rand -base64 48 | tr '+/' '-_' | tr -d '=\n')
            challenge=$(printf %s "$verifier" | openssl dgst -sha256 -binary | openssl base64 | tr '+/' '-_' | tr -d '=\n')
            # open in a browser:
            echo "{ISSUER}/connect/authorize?response_type=code&client_id={CLIENT}&redirect_uri=$REDIRECT_URI&scope=$(printf %s '{SCOPE}' | sed 's/ /%20/g')&state=$(openssl rand -hex 16)&code_challenge=$challenge&code_challenge_method=S256"
            # then, with the code of the redirect (add -u "{CLIENT}:$OIDC_CLIENT_SECRET" for a confidential client):
            curl -sS {ISSUER}/connect/token -d grant_type=authorization_code -d client_id={CLIENT} -d code="$CODE" --data-urlencode redirect_uri="$REDIRECT_URI" -d code_verifier="$verifier"
            """),
    ];

    private static readonly (string, string)[] DeviceFlow =
    [
        (AspNetCore,
            """
            // Any .NET program.
            using var http = new HttpClient { BaseAddress = new Uri("{ISSUER}/") };
            var started = await (await http.PostAsync("connect/device", new FormUrlEncodedContent(new Dictionary<string, string> { ["client_id"] = "{CLIENT}", ["scope"] = "{SCOPE}" }))).Content.ReadFromJsonAsync<JsonElement>();
            Console.WriteLine($"Open {started.GetProperty("verification_uri")} and type {started.GetProperty("user_code")}");
            while (true)
            {
                await Task.Delay(TimeSpan.FromSeconds(started.GetProperty("interval").GetInt32()));
                var answer = await http.PostAsync("connect/token", new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "urn:ietf:params:oauth:grant-type:device_code", ["client_id"] = "{CLIENT}", ["device_code"] = started.GetProperty("device_code").GetString()! }));
                if (answer.IsSuccessStatusCode) break; // else: authorization_pending, slow_down, access_denied, expired_token
            }
            """),
        (Node,
            """
            import * as client from 'openid-client'

            const config = await client.discovery(new URL('{ISSUER}'), '{CLIENT}', undefined, client.None())
            const started = await client.initiateDeviceAuthorization(config, { scope: '{SCOPE}' })
            console.log(`Open ${started.verification_uri} and type ${started.user_code}`)
            const tokens = await client.pollDeviceAuthorizationGrant(config, started)
            """),
        (Python,
            """
            import requests, time

            started = requests.post("{ISSUER}/connect/device", data={"client_id": "{CLIENT}", "scope": "{SCOPE}"}).json()
            print("Open", started["verification_uri"], "and type", started["user_code"])
            while True:
                time.sleep(started["interval"])
                answer = requests.post("{ISSUER}/connect/token", data={"grant_type": "urn:ietf:params:oauth:grant-type:device_code",
                                       "client_id": "{CLIENT}", "device_code": started["device_code"]})
                if answer.ok or answer.json()["error"] not in ("authorization_pending", "slow_down"):
                    break
            """),
        (Curl,
            """
            curl -sS {ISSUER}/connect/device -d client_id={CLIENT} --data-urlencode 'scope={SCOPE}'
            # open verification_uri, type user_code, then until it is allowed:
            curl -sS {ISSUER}/connect/token -d grant_type=urn:ietf:params:oauth:grant-type:device_code -d client_id={CLIENT} -d device_code="$DEVICE_CODE"
            """),
    ];

    private static readonly (string, string)[] CredentialsFlow =
    [
        (AspNetCore,
            """
            using var http = new HttpClient { BaseAddress = new Uri("{ISSUER}/") };
            using var request = new HttpRequestMessage(HttpMethod.Post, "connect/token")
            {
                Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["scope"] = "{SCOPE}" }),
            };
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{CLIENT}:{Environment.GetEnvironmentVariable("OIDC_CLIENT_SECRET")}")));
            var token = (await (await http.SendAsync(request)).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token");
            """),
        (Node,
            """
            import * as client from 'openid-client'

            const config = await client.discovery(new URL('{ISSUER}'), '{CLIENT}', process.env.OIDC_CLIENT_SECRET)
            const tokens = await client.clientCredentialsGrant(config, { scope: '{SCOPE}' })
            """),
        (Python,
            """
            import os, requests

            token = requests.post("{ISSUER}/connect/token", auth=("{CLIENT}", os.environ["OIDC_CLIENT_SECRET"]),
                                  data={"grant_type": "client_credentials", "scope": "{SCOPE}"}).json()["access_token"]
            """),
        (Curl,
            """
            curl -sS {ISSUER}/connect/token -u "{CLIENT}:$OIDC_CLIENT_SECRET" -d grant_type=client_credentials --data-urlencode 'scope={SCOPE}'
            """),
    ];
}
