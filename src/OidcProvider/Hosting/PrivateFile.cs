using System.Text;

namespace OidcProvider.Hosting;

/// <summary>Writes files that hold secrets: whole or not at all, readable by their owner only.</summary>
internal static class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes a folder that only its owner may enter; one that exists stays as it is.</summary>
    public static void EnsureFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return;
        }

        Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
    }

    /// <summary>Makes the file if it does not exist yet. Of two nodes that start at once, the first one's content stays.</summary>
    public static void WriteNew(string path, string content)
    {
        var draft = Draft(path, content);
        try
        {
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
        }
    }

    /// <summary>Makes the file or replaces it; readers see the old content or the new one.</summary>
    public static void Replace(string path, string content) => File.Move(Draft(path, content), path, overwrite: true);

    private static string Draft(string path, string content)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        EnsureFolder(folder);

        // Written beside its place, flushed, then moved: a crash leaves no torn file under the real name.
        var draft = Path.Combine(folder, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using (var stream = new FileStream(draft, options))
        {
            stream.Write(Encoding.UTF8.GetBytes(content));
            stream.Flush(flushToDisk: true);
        }

        return draft;
    }
}
