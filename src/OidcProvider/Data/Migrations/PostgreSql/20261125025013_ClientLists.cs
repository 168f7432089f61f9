using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OidcProvider.Data.Migrations.PostgreSql
{
    /// <inheritdoc />
    public partial class ClientLists : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AlterColumn<string>(
                name: "DisplayName",
                table: "Clients",
                type: "character varying(200)",
                maxLength: 200,
                nullable: true,
                oldClrType: typeof(string),
                oldType: "text",
                oldNullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_Clients_ClientId_DisplayName_Id",
                table: "Clients",
                columns: new[] { "ClientId", "DisplayName", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Clients_CreatedAt_Id",
                table: "Clients",
                columns: new[] { "CreatedAt", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Clients_DisplayName_Id",
                table: "Clients",
                columns: new[] { "DisplayName", "Id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Clients_ClientId_DisplayName_Id",
                table: "Clients");

            migrationBuilder.DropIndex(
                name: "IX_Clients_CreatedAt_Id",
                table: "Clients");

            migrationBuilder.DropIndex(
                name: "IX_Clients_DisplayName_Id",
                table: "Clients");

            migrationBuilder.AlterColumn<string>(
                name: "DisplayName",
                table: "Clients",
                type: "text",
                nullable: true,
                oldClrType: typeof(string),
                oldType: "character varying(200)",
                oldMaxLength: 200,
                oldNullable: true);
        }
    }
}
