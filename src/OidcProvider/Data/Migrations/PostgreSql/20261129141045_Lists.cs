using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OidcProvider.Data.Migrations.PostgreSql
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
                type: "character varying(30)",
                maxLength: 30,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "ClientTraits",
                columns: table => new
                {
                    Kind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Value = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false, collation: "C"),
                    ClientId = table.Column<Guid>(type: "uuid", nullable: false)
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
                INSERT INTO "ClientTraits" ("Kind", "Value", "ClientId")
                SELECT DISTINCT CASE split_part(item, ':', 1) WHEN 'gt' THEN 'grant_type' ELSE 'scope' END, substr(item, strpos(item, ':') + 1), client."Id"
                FROM "Clients" AS client, json_array_elements_text(client."Permissions"::json) AS item WHERE item LIKE 'gt:%' OR item LIKE 'scp:%'
                UNION ALL SELECT 'application_type', "ApplicationType", "Id" FROM "Clients" WHERE "ApplicationType" IS NOT NULL
                UNION ALL SELECT 'client_type', "ClientType", "Id" FROM "Clients" WHERE "ClientType" IS NOT NULL
                UNION ALL SELECT 'state', 'disabled', "Id" FROM "Clients" WHERE "DisabledAt" IS NOT NULL;
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
