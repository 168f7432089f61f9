using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Users;

/// <summary>How a link for the first owner was offered at start.</summary>
/// <param name="Token">The secret of a fresh link; null when there is nothing to show.</param>
/// <param name="Waiting">Until when a link that was shown before is good; null when there is none.</param>
internal sealed record OwnerOffer(string? Token, DateTime? Waiting);

/// <summary>
/// The way in when nobody administers yet. A link is shown once on the console of the server: random, kept as a hash, good once, for an hour, and only
/// as long as there is no owner. There is no password that anybody could know beforehand.
/// </summary>
internal sealed class FirstOwner(AppDbContext database, UserGate gate, UserDirectory users, MailedLinks links, PasswordPolicy policy, IServiceProvider services)
{
    public const string Actor = "first-owner-link", Dead = "link_expired";

    /// <summary>Makes a link when there is no owner and none is waiting. Of several nodes that start at once, one makes it.</summary>
    public async Task<OwnerOffer> OfferAsync(CancellationToken cancellation = default)
    {
        if (await gate.HasOwnerAsync())
        {
            return new(null, null);
        }

        await EnsureRoleAsync(cancellation);
        await using var work = await UnitOfWork.BeginAsync(database, cancellation);
        await gate.LockOwnersAsync();
        if (await gate.HasOwnerAsync())
        {
            return new(null, null);
        }

        var now = services.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime;
        var waiting = await database.MailedLinks.Where(row => row.Purpose == LinkPurpose.FirstOwner && row.UsedAt == null && row.ExpiresAt > now).Select(row => (DateTime?)row.ExpiresAt).MaxAsync(cancellation);
        if (waiting is not null)
        {
            return new(null, waiting);
        }

        var token = await links.CreateAsync(LinkPurpose.FirstOwner, userId: null);
        await database.SaveChangesAsync(cancellation);
        await work.CommitAsync();
        return new(token, null);
    }

    /// <summary>Whether the link would still open the way.</summary>
    public async Task<bool> IsOpenAsync(string? token) => await links.FindAsync(LinkPurpose.FirstOwner, token) is not null && !await gate.HasOwnerAsync();

    /// <summary>Makes the first owner and uses the link up, both or neither.</summary>
    public async Task<Result<User>> ClaimAsync(string? token, string email, string password, CancellationToken cancellation = default)
    {
        if (await policy.FaultAsync(password, [email], cancellation) is { } weak)
        {
            return weak;
        }

        await using var work = await UnitOfWork.BeginAsync(database, cancellation);
        await gate.LockOwnersAsync();
        if (await gate.HasOwnerAsync() || await links.UseAsync(LinkPurpose.FirstOwner, token) is null)
        {
            return new Problem(Dead, "This link has expired.");
        }

        var made = await users.AddAsync(new UserDefinition { Email = email.Trim(), Password = password, Roles = [AdminRoles.Owner] }, Actor, cancellation);
        if (made.Succeeded)
        {
            await work.CommitAsync();
        }

        return made;
    }

    private async Task EnsureRoleAsync(CancellationToken cancellation)
    {
        if (!await gate.LockOwnersAsync())
        {
            database.Roles.Add(users.NewRole(AdminRoles.Owner));
            try
            {
                await database.SaveChangesAsync(cancellation);
            }
            catch (DbUpdateException)
            {
                // Another node was faster; the unique index on the name decided.
                database.ChangeTracker.Clear();
            }
        }
    }
}
