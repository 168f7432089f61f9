using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OidcProvider.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class UserSearch : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_UserRoles_RoleId",
                table: "UserRoles");

            migrationBuilder.AddColumn<string>(
                name: "NormalizedFamilyName",
                table: "Users",
                type: "TEXT",
                maxLength: 200,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "NormalizedName",
                table: "Users",
                type: "TEXT",
                maxLength: 410,
                nullable: true);

            // Accounts that are there already are found by name, too. SQLite knows upper case for ASCII only; the next change of a profile writes it in full.
            migrationBuilder.Sql("UPDATE \"Users\" SET \"NormalizedFamilyName\" = UPPER(SUBSTR(\"FamilyName\", 1, 200)), \"NormalizedName\" = NULLIF(UPPER(SUBSTR(CASE WHEN TRIM(COALESCE(\"DisplayName\", '')) <> '' THEN \"DisplayName\" ELSE TRIM(COALESCE(\"GivenName\", '') || ' ' || COALESCE(\"FamilyName\", '')) END, 1, 410)), '');");

            migrationBuilder.CreateIndex(
                name: "IX_Users_CreatedAt_Id",
                table: "Users",
                columns: new[] { "CreatedAt", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Users_DisabledAt_Id",
                table: "Users",
                columns: new[] { "DisabledAt", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Users_NormalizedFamilyName_Id",
                table: "Users",
                columns: new[] { "NormalizedFamilyName", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Users_NormalizedName_Id",
                table: "Users",
                columns: new[] { "NormalizedName", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_UserRoles_RoleId_UserId",
                table: "UserRoles",
                columns: new[] { "RoleId", "UserId" });

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_CreatedAt_Id",
                table: "Sessions",
                columns: new[] { "CreatedAt", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_AccountGuards_LockedUntil_UserId",
                table: "AccountGuards",
                columns: new[] { "LockedUntil", "UserId" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Users_CreatedAt_Id",
                table: "Users");

            migrationBuilder.DropIndex(
                name: "IX_Users_DisabledAt_Id",
                table: "Users");

            migrationBuilder.DropIndex(
                name: "IX_Users_NormalizedFamilyName_Id",
                table: "Users");

            migrationBuilder.DropIndex(
                name: "IX_Users_NormalizedName_Id",
                table: "Users");

            migrationBuilder.DropIndex(
                name: "IX_UserRoles_RoleId_UserId",
                table: "UserRoles");

            migrationBuilder.DropIndex(
                name: "IX_Sessions_CreatedAt_Id",
                table: "Sessions");

            migrationBuilder.DropIndex(
                name: "IX_AccountGuards_LockedUntil_UserId",
                table: "AccountGuards");

            migrationBuilder.DropColumn(
                name: "NormalizedFamilyName",
                table: "Users");

            migrationBuilder.DropColumn(
                name: "NormalizedName",
                table: "Users");

            migrationBuilder.CreateIndex(
                name: "IX_UserRoles_RoleId",
                table: "UserRoles",
                column: "RoleId");
        }
    }
}
