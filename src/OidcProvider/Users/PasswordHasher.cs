using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Users;

/// <summary>Argon2id behind the interface ASP.NET Core Identity calls when a user changes a password.</summary>
internal sealed class PasswordHasher(Argon2id argon2id) : IPasswordHasher<User>
{
    // Made once with the current cost: verifying against it takes as long as verifying a real user's hash.
    private readonly Lazy<Task<string>> _nobody = new(() => argon2id.HashAsync(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))));

    /// <summary>A hash that no password matches.</summary>
    public Task<string> NobodysHash => _nobody.Value;

    public string HashPassword(User user, string password) => argon2id.Hash(password);

    public PasswordVerificationResult VerifyHashedPassword(User user, string hashedPassword, string providedPassword) =>
        providedPassword.Length > UserRules.MaxPasswordLength || !Argon2id.IsPhc(hashedPassword) || !argon2id.Verify(hashedPassword, providedPassword) ? PasswordVerificationResult.Failed
            : argon2id.NeedsRehash(hashedPassword) ? PasswordVerificationResult.SuccessRehashNeeded
            : PasswordVerificationResult.Success;
}

/// <summary>The password rule for everything that goes through Identity; the same one <see cref="UserRules"/> applies elsewhere.</summary>
internal sealed class PasswordRule(Microsoft.Extensions.Options.IOptions<UsersOptions> options) : IPasswordValidator<User>
{
    public Task<IdentityResult> ValidateAsync(UserManager<User> manager, User user, string? password) =>
        Task.FromResult(UserRules.PasswordFault(password ?? "", options.Value.PasswordMinimumLength) is { } fault
            ? IdentityResult.Failed(new IdentityError { Code = fault.Code, Description = $"The password {fault.Message}." })
            : IdentityResult.Success);
}
