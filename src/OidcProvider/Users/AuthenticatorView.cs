using OidcProvider.Data;
using OidcProvider.Hosting;
using QRCoder;

namespace OidcProvider.Users;

/// <summary>The secret of an authenticator app as a page shows it: a link for the app on this device, a picture to scan, a text to type.</summary>
internal sealed record AuthenticatorView(string Link, string Picture, string Secret)
{
    public static AuthenticatorView Of(byte[] secret, IssuerUri issuer, User user)
    {
        var link = Totp.Link(secret, issuer.Host.Host, user.Email ?? user.UserName!);
        using var generator = new QRCodeGenerator();
        using var data = generator.CreateQrCode(link, QRCodeGenerator.ECCLevel.M);
        using var svg = new SvgQRCode(data);
        var text = Totp.Encode(secret);
        // Four letters at a time, as people read them.
        var picture = svg.GetGraphic(4, "#000000", "#ffffff", drawQuietZones: true, SvgQRCode.SizingMode.ViewBoxAttribute);
        return new AuthenticatorView(link, $"data:image/svg+xml;base64,{Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(picture))}", string.Join(' ', text.Chunk(4).Select(part => new string(part))));
    }
}
