using OidcProvider.Audit;
using OidcProvider.Cli;
using OidcProvider.Clients;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Users;

return await CommandLine.InvokeAsync(args, Build);

static WebApplication Build(string[] settings)
{
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = settings });
    builder.Services.AddHttpContextAccessor();
    builder.Services.AddSingleton(TimeProvider.System);
    builder.Services.AddValidatedOptions<PasswordHashOptions>(PasswordHashOptions.Section);
    builder.Services.AddValidatedOptions<HostingOptions>(HostingOptions.Section);
    builder.Services.AddSingleton<Argon2id>();
    builder.Services.AddSingleton<IStartupCheck, UnknownKeysCheck>();
    builder.Services.AddScoped<AuditLog>();
    builder.Services.AddData(builder.Configuration).AddClients().AddUsers().AddCli();
    builder.Services.AddOpenIddict().AddCore(core =>
    {
        core.UseEntityFrameworkCore().UseDbContext<AppDbContext>().ReplaceDefaultEntities<Client, Authorization, Scope, Token, Guid>();
        ClientsModule.AddClientManager(core);
    });
    return builder.Build();
}
