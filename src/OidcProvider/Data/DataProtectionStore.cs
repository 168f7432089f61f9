using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption;
using Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption.ConfigurationModel;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Hosting;

namespace OidcProvider.Data;

/// <summary>Keeps ASP.NET Core's data protection keys in the database, where every node finds them, sealed with the master key.</summary>
internal sealed class DataProtectionStore(IServiceScopeFactory scopes) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var scope = scopes.CreateScope();
        return [.. scope.ServiceProvider.GetRequiredService<AppDbContext>().DataProtectionKeys.AsNoTracking().Select(row => row.Xml).AsEnumerable().Select(xml => XElement.Parse(xml))];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var scope = scopes.CreateScope();
        var database = scope.ServiceProvider.GetRequiredService<AppDbContext>();
        database.DataProtectionKeys.Add(new DataProtectionKey { Id = friendlyName, Xml = element.ToString(SaveOptions.DisableFormatting) });
        database.SaveChanges();
    }

    public static void Add(IServiceCollection services)
    {
        services.AddDataProtection().SetApplicationName("OidcProvider")
            // ASVS 5.0 11.3.2: authenticated encryption, not the framework's CBC with a MAC beside it.
            .UseCryptographicAlgorithms(new AuthenticatedEncryptorConfiguration { EncryptionAlgorithm = EncryptionAlgorithm.AES_256_GCM });
        services.AddSingleton<DataProtectionStore>();
        services.AddOptions<KeyManagementOptions>().Configure<DataProtectionStore, MasterKeySource>((options, store, master) =>
        {
            options.XmlRepository = store;
            options.XmlEncryptor = new Encryptor(master);
        });
    }

    private sealed class Encryptor(MasterKeySource master) : IXmlEncryptor
    {
        public EncryptedXmlInfo Encrypt(XElement plaintextElement)
        {
            var plain = System.Text.Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
            return new EncryptedXmlInfo(new XElement("sealed", Convert.ToBase64String(master.Key.Seal(plain, Decryptor.Purpose))), typeof(Decryptor));
        }
    }

    /// <summary>Made by the key manager by its name in the stored XML, hence the constructor it expects.</summary>
    internal sealed class Decryptor(IServiceProvider services) : IXmlDecryptor
    {
        internal const string Purpose = "data-protection";

        public XElement Decrypt(XElement encryptedElement) =>
            XElement.Parse(System.Text.Encoding.UTF8.GetString(
                services.GetRequiredService<MasterKeySource>().Key.Open(Convert.FromBase64String(encryptedElement.Value), Purpose)));
    }
}
