using System.Globalization;
using System.Text;
using System.Text.Json;
using OidcProvider.Admin.Api;

namespace OidcProvider.Admin.Audit;

/// <summary>Writes records as they are read: as CSV (RFC 4180) or as a JSON array.</summary>
internal static class AuditExport
{
    private static readonly string[] Columns = ["at", "event", "actor", "actor_name", "subject", "subject_name", "client_id", "client_name", "reason", "change", "address", "request_id", "id", "api_key"];

    /// <summary>The answer to a download. Anything but <c>json</c> is CSV.</summary>
    public static IResult Answer(IAsyncEnumerable<AuditView> records, string? format) => format == "json"
        ? Results.Stream(stream => JsonAsync(records, stream), "application/json", "audit.json")
        : Results.Stream(stream => CsvAsync(records, stream), "text/csv; charset=utf-8", "audit.csv");

    public static async Task CsvAsync(IAsyncEnumerable<AuditView> records, Stream stream)
    {
        await using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\r\n" };
        await writer.WriteLineAsync(string.Join(',', Columns));
        await foreach (var record in records)
        {
            string?[] cells =
            [
                record.At.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture), record.Event, record.Actor, record.ActorName, record.Subject, record.SubjectName,
                record.ClientId, record.ClientName, record.Reason, record.Change?.ToJsonString(), record.Address, record.RequestId, record.Id.ToString(), record.ApiKey,
            ];
            await writer.WriteLineAsync(string.Join(',', cells.Select(Cell)));
        }
    }

    // The serializer writes an array as its members come.
    public static Task JsonAsync(IAsyncEnumerable<AuditView> records, Stream stream) => JsonSerializer.SerializeAsync(stream, records, ApiJson.Options);

    /// <summary>
    /// Quoted, and never a formula: a spreadsheet runs what begins with one of these characters, and names are chosen by users (CWE-1236).
    /// </summary>
    public static string Cell(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        var safe = text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' ? $"'{text}" : text;
        return $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
