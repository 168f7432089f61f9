using OidcProvider.Account;
using OidcProvider.Admin;
using OidcProvider.ApiKeys;
using OidcProvider.Audit;
using OidcProvider.Branding;
using OidcProvider.Cli;
using OidcProvider.Clients;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Jobs;
using OidcProvider.Keys;
using OidcProvider.Mail;
using OidcProvider.Logout;
using OidcProvider.Protocol;
using OidcProvider.Sessions;
using OidcProvider.SignIn;
using OidcProvider.Telemetry;
using OidcProvider.Throttling;
using OidcProvider.Tokens;
using OidcProvider.Users;
using OidcProvider.Webhooks;

return await CommandLine.InvokeAsync(args, arguments => Build(arguments));

/// <summary>The table of contents: what the server is made of, and what a request meets on its way.</summary>
internal sealed partial class Program
{
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? adjust = null)
    {
        var builder = ServerBuilder.Create(args);
        builder.Services
            .AddHosting(builder.Configuration, builder.Environment)
            .AddBranding().AddTelemetry(builder.Configuration)
            .AddJobs(builder.Configuration)
            .AddData(builder.Configuration)
            .AddAudit().AddMail()
            .AddUsers().AddClients().AddKeys().AddSessions()
            .AddTokens(builder.Configuration).AddThrottling().AddApiKeys().AddWebhooks()
            .AddProtocol().AddSignIn().AddAccount().AddAdmin().AddCli();
        builder.Services.AddRazorPages(LogoutModule.AddLogoutRoutes).WithRazorPagesAtContentRoot();
        adjust?.Invoke(builder);

        var app = builder.Build();
        app.UseHosting();
        app.UseBrowserClients();
        app.UseMiddleware<MetadataDocuments>().UseMiddleware<RequestShape>().UseAdmin();
        app.UseRouting();
        app.UseAuthentication().UseAuthorization().UseAccountLanguage();
        app.UseRateLimiter();
        app.MapStaticAssets().AllowAnonymous().ShortCircuit();
        app.MapTelemetry();
        app.MapRazorPages().WithStaticAssets();
        app.MapAccount();
        app.MapBranding();
        app.MapSessionApi();
        app.MapAdmin();
        app.MapNotFound();
        return app;
    }
}
