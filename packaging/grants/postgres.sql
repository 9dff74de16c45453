-- What the agent's user needs on a PostgreSQL server (12 and later), and nothing more.
--
--     psql -v password="'…'" -f postgres.sql postgres      # as a superuser; once a server
--
-- Without a password, for peer or certificate authentication: leave the -v out. It may be run again.
--
-- pg_monitor (PostgreSQL's manual, "Predefined Roles") shows what other sessions do, all statistics,
-- all settings and the WAL's files; it reads no table of anybody's. What a check in SQL reads is
-- granted besides, table by table:
--
--     GRANT SELECT ON orders TO tocsin;
\set ON_ERROR_STOP on
SELECT 'CREATE ROLE tocsin LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION CONNECTION LIMIT 10'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tocsin') \gexec
\if :{?password}
ALTER ROLE tocsin PASSWORD :password;
\endif
GRANT pg_monitor TO tocsin;
ALTER ROLE tocsin SET default_transaction_read_only = on;
-- Though the agent sets shorter ones itself.
ALTER ROLE tocsin SET statement_timeout = '30s';
