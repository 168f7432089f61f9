Console.WriteLine("OidcProvider");
