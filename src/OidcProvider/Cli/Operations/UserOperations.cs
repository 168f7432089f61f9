using System.Text.Json.Nodes;
using OidcProvider.Admin.Users;
using OidcProvider.Cli.Remote;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Users;

namespace OidcProvider.Cli.Operations;

/// <summary>An account as the command line shows it. <paramref name="Factors"/> only when it was looked at alone; <paramref name="Version"/> names what was read on another server.</summary>
internal sealed record ShownUser(Guid Id, string? Email, bool EmailVerified, string? Name, IReadOnlyList<string> Roles, bool Disabled, FactorState? Factors = null, string? Version = null);

/// <summary>Which accounts a list shows.</summary>
internal sealed record UserWish(string? Search, string? Role, bool OnlyDisabled);

/// <summary>What can be done to an account without saying more.</summary>
internal enum UserAct
{
    Disable,
    Enable,
    ResetFactors,
    Unlock,
    MakeOwner,
}

/// <summary>What the command line does with accounts, here or on another server. Accounts are named by their address.</summary>
internal interface IUserOperations
{
    Task<Result<IReadOnlyList<ShownUser>>> ListAsync(UserWish wish, CancellationToken cancellation);

    Task<Result<ShownUser>> FindAsync(string email, CancellationToken cancellation);

    Task<Result<ShownUser>> AddAsync(UserDefinition wanted, CancellationToken cancellation);

    /// <summary>How many live sessions and apps the account has: what removing it ends.</summary>
    Task<Result<(int Sessions, int Apps)>> CountAsync(ShownUser read, CancellationToken cancellation);

    Task<Problem?> RemoveAsync(ShownUser read, CancellationToken cancellation);

    Task<Result<ShownUser>> ActAsync(ShownUser read, UserAct act, CancellationToken cancellation);
}

internal sealed class LocalUsers(UserDirectory directory, UserSearch search, UserStanding standing, UserDesk desk, SessionDesk sessions, SecondFactors factors) : IUserOperations
{
    private static Acting Operator => Acting.Operator(CliHost.Actor);

    public static IUserOperations Of(IServiceProvider services) => ActivatorUtilities.CreateInstance<LocalUsers>(services);

    public async Task<Result<IReadOnlyList<ShownUser>>> ListAsync(UserWish wish, CancellationToken cancellation)
    {
        List<ShownUser> found = [];
        await foreach (var row in search.AllAsync(new UserQuery { Text = wish.Search, Role = wish.Role, Disabled = wish.OnlyDisabled ? true : null }, cancellation))
        {
            found.Add(Shown(row.User, row.Roles));
        }

        return Result.Of<IReadOnlyList<ShownUser>>(found);
    }

    public async Task<Result<ShownUser>> FindAsync(string email, CancellationToken cancellation) => await directory.FindByNameAsync(email, cancellation) is { } user
        ? Shown(user, await directory.RolesOfAsync(user, cancellation)) with { Factors = await factors.StateAsync(user.Id) }
        : UserDirectory.Unknown(email);

    public async Task<Result<ShownUser>> AddAsync(UserDefinition wanted, CancellationToken cancellation) =>
        (await directory.AddAsync(wanted, CliHost.Actor, cancellation)).Then(user => Shown(user, wanted.Roles ?? []));

    public async Task<Result<(int Sessions, int Apps)>> CountAsync(ShownUser read, CancellationToken cancellation)
    {
        var (live, _, apps) = await sessions.CountAsync([read.Id], cancellation);
        return (live, apps);
    }

    public async Task<Problem?> RemoveAsync(ShownUser read, CancellationToken cancellation) =>
        await desk.RemoveAsync(Operator, read.Id, version: null, cancellation) is { Succeeded: false } refused ? refused.Problems[0] : null;

    public async Task<Result<ShownUser>> ActAsync(ShownUser read, UserAct act, CancellationToken cancellation)
    {
        var done = await (act switch
        {
            UserAct.Disable => standing.DisableAsync(Operator, read.Id, cancellation),
            UserAct.Enable => standing.EnableAsync(Operator, read.Id, cancellation),
            UserAct.ResetFactors => standing.ResetFactorsAsync(Operator, read.Id, cancellation),
            UserAct.Unlock => standing.UnlockAsync(Operator, read.Id, cancellation),
            _ => standing.MakeOwnerAsync(Operator, read.Id, cancellation),
        });
        return done.Succeeded ? Shown(done.Value, await directory.RolesOfAsync(done.Value, cancellation)) : done.Problems.ToList();
    }

    private static ShownUser Shown(User user, IReadOnlyList<string> roles) => new(user.Id, user.Email, user.EmailConfirmed, user.FullName, roles, user.DisabledAt is not null);
}

internal sealed class RemoteUsers(RemoteServer server) : IUserOperations
{
    public static IUserOperations Of(RemoteServer server) => new RemoteUsers(server);

    public async Task<Result<IReadOnlyList<ShownUser>>> ListAsync(UserWish wish, CancellationToken cancellation)
    {
        var path = RemoteLists.With(RemoteLists.With(RemoteLists.With("users", "q", wish.Search), "role", wish.Role), "disabled", wish.OnlyDisabled ? "true" : null);
        return (await server.ListAsync<UserItem>(path, cancellation)).Then(found => (IReadOnlyList<ShownUser>)[.. found.Select(item => new ShownUser(item.Id, item.Email, item.EmailVerified, item.Name, item.Roles, item.Disabled))]);
    }

    public async Task<Result<ShownUser>> FindAsync(string email, CancellationToken cancellation)
    {
        var found = await server.ListAsync<UserItem>(RemoteLists.With("users", "q", email), cancellation);
        return !found.Succeeded ? found.Problems.ToList()
            : found.Value.SingleOrDefault(item => string.Equals(item.Email, email, StringComparison.OrdinalIgnoreCase)) is { } match ? Shown(await server.GetAsync($"users/{match.Id}", cancellation))
            : UserDirectory.Unknown(email);
    }

    public async Task<Result<ShownUser>> AddAsync(UserDefinition wanted, CancellationToken cancellation) => Shown(await server.PostAsync("users", wanted, cancellation));

    public async Task<Result<(int Sessions, int Apps)>> CountAsync(ShownUser read, CancellationToken cancellation)
    {
        var sessions = await server.ListAsync($"sessions?user={read.Id}", _ => 1, cancellation);
        var apps = await server.ListAsync($"users/{read.Id}/apps", _ => 1, cancellation);
        return !sessions.Succeeded ? sessions.Problems.ToList() : apps.Then(list => (sessions.Value.Count, list.Count));
    }

    public Task<Problem?> RemoveAsync(ShownUser read, CancellationToken cancellation) => server.RemoveAsync($"users/{read.Id}", cancellation, read.Version);

    public async Task<Result<ShownUser>> ActAsync(ShownUser read, UserAct act, CancellationToken cancellation) => Shown(act is UserAct.MakeOwner
        ? await server.SendAsync(HttpMethod.Patch, $"users/{read.Id}", new JsonObject { ["roles"] = new JsonArray([.. read.Roles.Append(AdminRoles.Owner).Distinct().Select(role => JsonValue.Create(role))]) }.ToJsonString(), read.Version, cancellation)
        : await server.PostAsync($"users/{read.Id}/{Verb(act)}", cancellation));

    private static string Verb(UserAct act) => act switch { UserAct.Disable => "disable", UserAct.Enable => "enable", UserAct.Unlock => "unlock", _ => "reset-factors" };

    private static Result<ShownUser> Shown(Result<RemoteAnswer> answered) => answered.Then(answer =>
    {
        var user = answer.Read<UserAnswer>();
        var profile = user.Profile;
        var methods = user.SignInMethods;
        return new ShownUser(user.Id, profile.Email, profile.EmailVerified ?? false, User.NameOf(profile.Name, profile.GivenName, profile.FamilyName), profile.Roles ?? [], user.DisabledAt is not null, new FactorState(methods.Authenticator, methods.Passkeys.Count, methods.RecoveryCodesLeft), answer.Version);
    });
}
