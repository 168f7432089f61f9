-- Run by sa with sqlcmd, which puts DATABASE_PASSWORD from its environment in. May run again: changes nothing but the password.
IF DB_ID(N'oidcprovider') IS NULL CREATE DATABASE oidcprovider;
GO
-- Readers do not wait for writers; what EF Core sets too when it makes the database itself.
IF EXISTS (SELECT 1 FROM sys.databases WHERE name = N'oidcprovider' AND is_read_committed_snapshot_on = 0)
    ALTER DATABASE oidcprovider SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE;
GO
IF SUSER_ID(N'oidcprovider') IS NULL CREATE LOGIN oidcprovider WITH PASSWORD = N'$(DATABASE_PASSWORD)';
ELSE ALTER LOGIN oidcprovider WITH PASSWORD = N'$(DATABASE_PASSWORD)';
GO
USE oidcprovider;
IF USER_ID(N'oidcprovider') IS NULL CREATE USER oidcprovider FOR LOGIN oidcprovider;
ALTER ROLE db_owner ADD MEMBER oidcprovider;
GO
