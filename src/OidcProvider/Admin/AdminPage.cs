using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using OidcProvider.Admin.Access;
using OidcProvider.Hosting;

namespace OidcProvider.Admin;

/// <summary>
/// A page of the administration. The model says which permission it needs with <c>[Authorize(Policy = Permissions.OfPage + …)]</c>; buttons that need another
/// ask <see cref="May"/>, and so do the handlers behind them.
/// </summary>
internal abstract class AdminPage : FormPage
{
    public Caller Caller => Caller.Of(User);

    public bool May(string permission) => Caller.May(permission);

    public override void OnPageHandlerExecuting(PageHandlerExecutingContext context)
    {
        ViewData["Admin"] = true;
        base.OnPageHandlerExecuting(context);
    }

    /// <summary>The page is found and readable, but not this button.</summary>
    protected IActionResult NotAllowed() => StatusCode(StatusCodes.Status403Forbidden);

    /// <summary>Shows the form again with what is wrong, each fault at its field.</summary>
    protected IActionResult Refused(IEnumerable<Problem> problems)
    {
        foreach (var problem in problems)
        {
            ModelState.AddModelError(problem.Field ?? "", problem.Message);
        }

        return Refused();
    }
}
