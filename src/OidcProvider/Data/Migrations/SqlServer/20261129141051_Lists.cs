using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OidcProvider.Data.Migrations.SqlServer
{
    /// <inheritdoc />
    public partial class Lists : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "ApiKey",
                table: "AuditRecords",
                type: "nvarchar(30)",
                maxLength: 30,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "ClientTraits",
                columns: table => new
                {
                    Kind = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false),
                    Value = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false, collation: "Latin1_General_100_BIN2"),
                    ClientId = table.Column<Guid>(type: "uniqueidentifier", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ClientTraits", x => new { x.Kind, x.Value, x.ClientId });
                    table.ForeignKey(
                        name: "FK_ClientTraits_Clients_ClientId",
                        column: x => x.ClientId,
                        principalTable: "Clients",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Users_EmailConfirmed_NormalizedEmail_Id",
                table: "Users",
                columns: new[] { "EmailConfirmed", "NormalizedEmail", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_ClientTraits_ClientId_Kind_Value",
                table: "ClientTraits",
                columns: new[] { "ClientId", "Kind", "Value" });

            // What clients that are there already are listed by, as ClientRegistry writes it from now on.
            migrationBuilder.Sql(
                """
                INSERT INTO [ClientTraits] ([Kind], [Value], [ClientId])
                SELECT DISTINCT CASE WHEN item.[value] LIKE N'gt:%' THEN N'grant_type' ELSE N'scope' END, SUBSTRING(item.[value], CHARINDEX(N':', item.[value]) + 1, 200) COLLATE Latin1_General_100_BIN2, client.[Id]
                FROM [Clients] AS client CROSS APPLY OPENJSON(client.[Permissions]) AS item WHERE item.[value] LIKE N'gt:%' OR item.[value] LIKE N'scp:%'
                UNION ALL SELECT N'application_type', [ApplicationType] COLLATE Latin1_General_100_BIN2, [Id] FROM [Clients] WHERE [ApplicationType] IS NOT NULL
                UNION ALL SELECT N'client_type', [ClientType] COLLATE Latin1_General_100_BIN2, [Id] FROM [Clients] WHERE [ClientType] IS NOT NULL
                UNION ALL SELECT N'state', N'disabled' COLLATE Latin1_General_100_BIN2, [Id] FROM [Clients] WHERE [DisabledAt] IS NOT NULL;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "ClientTraits");

            migrationBuilder.DropIndex(
                name: "IX_Users_EmailConfirmed_NormalizedEmail_Id",
                table: "Users");

            migrationBuilder.DropColumn(
                name: "ApiKey",
                table: "AuditRecords");
        }
    }
}
