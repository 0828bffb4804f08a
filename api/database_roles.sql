-- Making the database roles. `roles` is their names, separated by commas; `workers` those that the program works
-- under, `lockers` those of them that exclude each other, `others` the other ones; `elsewhere` is a role that has no
-- right in this database.

-- name: in place
-- Whether all roles exist with their rights in this database, the owner owns every tenant, and `confine` was executed
-- in a database of the embedded server, whose roles are logins.
select count(*) = cardinality(string_to_array(:'roles', ','))
    and to_regrole(:'elsewhere') is not null
    and bool_and(has_database_privilege(r.oid, current_database(), 'connect, temporary'))
    and bool_or(r.rolname = :'owner' and has_database_privilege(r.oid, current_database(), 'create'))
    and not exists (
        select from pg_namespace n join pg_class c on c.relnamespace = n.oid and c.relname = 'log_head'
        where starts_with(n.nspname, 'tenant_') and pg_get_userbyid(n.nspowner) <> :'owner'
    )
    and (:'login' = 'nologin' or not has_database_privilege('public', current_database(), 'temporary'))
    and (:'login' = 'nologin'
        or not bool_or(r.rolname = any(string_to_array(:'others', ','))
            and has_function_privilege(r.oid, 'pg_try_advisory_lock(bigint)', 'execute')))
from pg_roles r
where r.rolname = any(string_to_array(:'roles', ','));

-- name: make
-- Makes the roles that are missing, as members of which this login acts. `login` is `login` or `nologin`.
do $$
declare
    name text;
begin
    foreach name in array string_to_array(:'roles', ',') || :'elsewhere'::text loop
        begin
            if not exists (select from pg_roles where rolname = name) then
                execute format('create role %I ' || :'login', name);
            end if;
        exception when duplicate_object or unique_violation then
            null; -- made for another database of the server at the same moment
        end;
        if not pg_has_role(current_user, name, 'usage') then
            execute format('grant %I to current_user', name);
        end if;
    end loop;
    execute format('grant create on database %I to %I', current_database(), :'owner');
    execute format('grant connect on database %I to ' || :'roles', current_database());
    execute format('grant temporary on database %I to ' || :'workers', current_database());
end
$$;

-- name: confine
-- Takes from everybody what only the workers need: advisory locks, by which reactor, sender and rebuilds exclude each
-- other; temporary tables; large objects and messages in the write-ahead log, which nobody needs. Only for a database
-- that is the program's alone.
do $$
declare
    function regprocedure;
begin
    for function in
        select oid from pg_proc
        where pronamespace = 'pg_catalog'::regnamespace and proname ~ '^(pg_advisory|pg_try_advisory|pg_logical_emit|lo_(creat|from_))'
    loop
        execute format('revoke execute on function %s from public, ' || :'others', function);
        if function::text ~ 'advisory' then
            execute format('grant execute on function %s to ' || :'lockers', function);
        end if;
    end loop;
    execute format('revoke temporary on database %I from public', current_database());
end
$$;

-- name: adopt
-- Gives the owner the schemas, tables, functions and views of every tenant.
do $$
declare
    thing record;
begin
    for thing in
        select format('alter schema %I owner to %I', n.nspname, :'owner') as statement
        from pg_namespace n join pg_class c on c.relnamespace = n.oid and c.relname = 'log_head'
        where starts_with(n.nspname, 'tenant_') and pg_get_userbyid(n.nspowner) <> :'owner'
        union all
        select format('alter table %I.%I owner to %I', n.nspname, c.relname, :'owner')
        from pg_namespace n join pg_class c on c.relnamespace = n.oid and c.relkind = 'r'
        where starts_with(n.nspname, 'tenant_') and pg_get_userbyid(c.relowner) <> :'owner'
        union all
        select format('alter function %s owner to %I', p.oid::regprocedure, :'owner')
        from pg_namespace n join pg_proc p on p.pronamespace = n.oid
        where starts_with(n.nspname, 'tenant_') and pg_get_userbyid(p.proowner) <> :'owner'
        union all
        select format('alter schema %I owner to %I', v.nspname, :'owner')
        from pg_namespace n join pg_namespace v
            on v.nspname in ('reporting_of_' || substr(n.nspname, 8),
                'reporting_personal_of_' || substr(n.nspname, 8))
        where starts_with(n.nspname, 'tenant_') and pg_get_userbyid(v.nspowner) <> :'owner'
        union all
        select format('alter view %I.%I owner to %I', v.nspname, c.relname, :'owner')
        from pg_namespace n join pg_namespace v
            on v.nspname in ('reporting_of_' || substr(n.nspname, 8),
                'reporting_personal_of_' || substr(n.nspname, 8))
            join pg_class c on c.relnamespace = v.oid and c.relkind = 'v'
        where starts_with(n.nspname, 'tenant_') and pg_get_userbyid(c.relowner) <> :'owner'
    loop
        execute thing.statement;
    end loop;
end
$$;

-- name: may become
-- Whether this login may act as a role; false when there is no such role.
select coalesce(pg_has_role(session_user, to_regrole(:role), 'member'), false);
