using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.Filters;
using OidcProvider.Admin.Access;
using OidcProvider.Hosting;
using OidcProvider.Users;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Admin.Playground;

/// <summary>A page of the playground: with the frame of the administration for those who administer, without it for a developer who has not signed in.</summary>
[Authorize(Policy = PlaygroundModule.Policy)]
internal abstract class PlaygroundPage : FormPage
{
    public bool Administers => User.FindAll(Claims.Role).Any(role => AdminRoles.Contains(role.Value));

    public bool May(string permission) => Administers && Caller.Of(User).May(permission);

    public string Layout => Administers ? "/Admin/_AdminLayout.cshtml" : "/Admin/Playground/_Frame.cshtml";

    public override void OnPageHandlerExecuting(PageHandlerExecutingContext context)
    {
        ViewData["Title"] = "Playground";
        ViewData["Admin"] = Administers;
        base.OnPageHandlerExecuting(context);
    }
}
