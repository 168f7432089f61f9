using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace OidcProvider.Users;

/// <summary>
/// Whether a password is one of the common ones or made of nothing but them (ASVS 5.0 6.2.4, 6.2.11): common words, names of this user and this
/// service, keyboard rows, counting, repetition. What is left after taking these away is what a guesser has to guess. Pure.
/// </summary>
internal static partial class CommonPasswords
{
    private const int EnoughLeft = 6;

    private static readonly string[] Rows = ["abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop", "qsdfghjklm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "q1w2e3r4t5y6u7i8o9p0", "1q2w3e4r5t6y7u8i9o0p"];

    // The stems of the lists that every guessing tool begins with; endings, case and look-alike letters are taken off first.
    private static readonly string[] Words = [.. """
        password passwort passphrase passcode motdepasse contrasena contraseña senha wachtwoord haslo parola mima letmein welcome willkommen bienvenue admin administrator
        root user guest test testing tester demo sample example default changeme change secret geheim login logon signin account master superuser system server
        iloveyou loveyou love lovely princess prince sunshine superman batman spiderman pokemon starwars matrix ninja dragon monkey shadow tiger lion eagle wolf
        football fussball soccer baseball basketball hockey golf tennis michael jennifer jordan harley ranger hunter buster thomas robert daniel andrew charlie
        michelle jessica ashley nicole hannah anthony joshua matthew amanda summer winter spring autumn sommer monday friday january february march april june july
        august september october november december internet computer samsung google facebook microsoft windows apple iphone android linkedin twitter instagram yahoo
        freedom whatever trustno trust nothing cheese banana orange chocolate cookie pepper ginger flower hello hallo bonjour hola goodbye family mother father
        baby angel angels lucky money dollar bitcoin qwerty qwertz azerty asdf zxcv access company office business manager security secure safe private
        blink slayer corvette ferrari mustang mercedes porsche yamaha honda toyota jesus christ heaven blessed killer fuckyou fuck asshole bitch
        tobeornottobe
        """.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).OrderByDescending(word => word.Length)];

    /// <param name="password">The password.</param>
    /// <param name="context">Words that a guesser who knows the user and the service tries.</param>
    public static bool IsCommon(string password, IEnumerable<string> context)
    {
        var rest = Plain(password);
        foreach (var word in context.Select(Plain).Where(word => word.Length > 2).OrderByDescending(word => word.Length).Concat(Words))
        {
            rest = rest.Replace(word, " ", StringComparison.Ordinal);
        }

        rest = WithoutRuns(Year().Replace(rest, " "));
        return Distinct(rest) < EnoughLeft;
    }

    // A year is what most people add when a word alone is refused.
    [GeneratedRegex("(19|20)[0-9]{2}")]
    private static partial Regex Year();

    // Lower case, without accents, look-alikes as the letters they stand for, nothing but letters, digits and pictures.
    private static string Plain(string text)
    {
        var plain = new StringBuilder();
        foreach (var character in text.Normalize(NormalizationForm.FormKD).ToLowerInvariant())
        {
            if (char.IsLetterOrDigit(character) || character is '@' or '$' or '!' || IsPicture(character))
            {
                plain.Append(character switch { '@' => 'a', '$' => 's', '!' => 'i', _ => character });
            }
        }

        var digits = plain.ToString();
        // "p4ssw0rd" is a word; "1234" stays a number.
        return string.Concat(digits.Select((character, index) => Stands(digits, index) ?? character));
    }

    // Emoji and the like have to be guessed too; what stands around words (spaces, marks, ASCII signs) has not.
    private static bool IsPicture(char character) => char.IsSurrogate(character) || (character > 0x7F && CharUnicodeInfo.GetUnicodeCategory(character) is UnicodeCategory.OtherSymbol);

    private static char? Stands(string text, int index) =>
        index > 0 && index < text.Length - 1 && char.IsLetter(text[index - 1]) && char.IsLetter(text[index + 1])
            ? text[index] switch { '0' => 'o', '1' => 'i', '3' => 'e', '4' => 'a', '5' => 's', '7' => 't', _ => null }
            : null;

    private static string WithoutRuns(string text)
    {
        var left = new StringBuilder();
        for (var start = 0; start < text.Length;)
        {
            var length = RunAt(text, start);
            if (length < 3)
            {
                left.Append(text[start++]);
                continue;
            }

            left.Append(' ');
            start += length;
        }

        return left.ToString();
    }

    private static int RunAt(string text, int start)
    {
        var same = 1;
        while (start + same < text.Length && text[start + same] == text[start])
        {
            same++;
        }

        var longest = same;
        foreach (var row in Rows.SelectMany(row => new[] { row, new string([.. row.Reverse()]) }))
        {
            var at = row.IndexOf(text[start], StringComparison.Ordinal);
            for (; at >= 0; at = row.IndexOf(text[start], at + 1))
            {
                var length = 1;
                while (start + length < text.Length && at + length < row.Length && text[start + length] == row[at + length])
                {
                    length++;
                }

                longest = Math.Max(longest, length);
            }
        }

        return longest;
    }

    // How much is left to guess: a block that comes again counts once.
    private static int Distinct(string text)
    {
        var letters = string.Concat(text.Where(character => character != ' '));
        for (var period = 1; period <= letters.Length / 2; period++)
        {
            if (Enumerable.Range(period, letters.Length - period).All(index => letters[index] == letters[index % period]))
            {
                return period;
            }
        }

        return letters.Length;
    }
}
