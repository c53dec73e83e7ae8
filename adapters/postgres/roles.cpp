#include "adapters/postgres/roles.hpp"

namespace mb::postgres {

std::string_view role_setup() noexcept
{
    return R"sql(
DO $body$
DECLARE
    each RECORD;
    role TEXT;
BEGIN
    FOREACH role IN ARRAY ARRAY['mb_ddl', 'mb_app', 'mb_audit'] LOOP
        IF NOT EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = role) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', role);
        END IF;
    END LOOP;
    ALTER ROLE mb_app NOINHERIT;
    GRANT mb_ddl TO mb_app;
    ALTER SCHEMA mb_meta OWNER TO mb_ddl;
    ALTER SCHEMA mb_data OWNER TO mb_ddl;
    FOR each IN
        SELECT format('ALTER TABLE %I.%I OWNER TO mb_ddl', n.nspname, c.relname) AS change
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname IN ('mb_meta', 'mb_data') AND c.relkind IN ('r', 'p') AND c.relowner <> 'mb_ddl'::regrole
        UNION ALL
        SELECT format('ALTER FUNCTION %s OWNER TO mb_ddl', p.oid::regprocedure)
        FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname = 'mb_meta' AND p.proowner <> 'mb_ddl'::regrole
    LOOP
        EXECUTE each.change;
    END LOOP;
END
$body$;

GRANT USAGE ON SCHEMA mb_meta, mb_data TO mb_app, mb_audit;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA mb_meta, mb_data TO mb_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA mb_meta TO mb_app;
ALTER DEFAULT PRIVILEGES FOR ROLE mb_ddl IN SCHEMA mb_data GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO mb_app;
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON mb_meta.schema_migrations FROM mb_app;

DO $body$
DECLARE
    each RECORD;
BEGIN
    FOR each IN
        SELECT format('%I.%I', n.nspname, c.relname) AS name
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'mb_meta' AND c.relkind IN ('r', 'p') AND (c.relname LIKE 'audit\_%' OR c.relname = 'login_attempts')
    LOOP
        EXECUTE 'REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON ' || each.name || ' FROM mb_app';
        EXECUTE 'GRANT INSERT, SELECT ON ' || each.name || ' TO mb_audit';
    END LOOP;
END
$body$;
)sql";
}

}  // namespace mb::postgres
