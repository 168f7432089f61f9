using System.Security.Cryptography;

namespace OidcProvider.Branding;

/// <summary>A file of the operator's that browsers get: its bytes, what they are, and a name that changes with them so that it can be kept for good.</summary>
internal sealed record BrandFile(byte[] Content, string Type, string Version)
{
    public static readonly IReadOnlyDictionary<string, string> Pictures = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        [".svg"] = "image/svg+xml", [".png"] = "image/png", [".webp"] = "image/webp", [".jpg"] = "image/jpeg", [".jpeg"] = "image/jpeg",
    };

    public static readonly IReadOnlyDictionary<string, string> StyleSheets = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { [".css"] = "text/css; charset=utf-8" };

    public static string? Fault(string path, IReadOnlyDictionary<string, string> kinds) =>
        !kinds.ContainsKey(Path.GetExtension(path)) ? $"'{path}' must end in {string.Join(", ", kinds.Keys)}"
        : new FileInfo(Path.GetFullPath(path)) is not { Exists: true } file ? $"there is no file '{path}'"
        : file.Length > BrandingOptions.MostBytes ? $"'{path}' is larger than {BrandingOptions.MostBytes / 1024} KiB"
        : null;

    public static BrandFile? Read(string? path, IReadOnlyDictionary<string, string> kinds)
    {
        if (path is null)
        {
            return null;
        }

        var content = File.ReadAllBytes(Path.GetFullPath(path));
        return new BrandFile(content, kinds[Path.GetExtension(path)], Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 8)));
    }
}
