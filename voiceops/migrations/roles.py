"""The roles that API, worker and sealer take on: what each may do to which table, whoever logs in."""

import time
from typing import Any, Final

import psycopg
from psycopg import errors, sql

from voiceops.db import APP_ROLE, MAY_TAKE, SEALER_ROLE, libpq_url

ROLES: Final = (APP_ROLE, SEALER_ROLE)

GRANTS: Final = """
do $$ declare found record; begin
  execute format('grant usage on schema %I to voiceops_app, voiceops_sealer', current_schema());
  -- what a trigger always refuses is not granted in the first place: type 8 is a row's DELETE, 16 its UPDATE
  for found in
    select relname, always & 8 > 0 as kept, always & 16 > 0 as fixed
    from pg_class c, lateral (
      select coalesce(bit_or(tgtype), 0) as always from pg_trigger
      where tgrelid = c.oid and tgfoid = 'refuse_change'::regproc and tgqual is null) refusing
    where relkind in ('r', 'p') and relnamespace = current_schema()::regnamespace
      and not relname = any (array['audit_events', 'audit_leaves', 'audit_checkpoints', 'audit_witness', 'audit_watermark',
                                   'signing_keys', 'alembic_version'])
  loop
    execute format('grant select, insert %s %s on %I to voiceops_app', case when not found.fixed then ', update' end,
      case when not found.kept then ', delete' end, found.relname);
  end loop;
  for found in select relname from pg_class where relkind = 'S' and relnamespace = current_schema()::regnamespace loop
    execute format('grant usage on sequence %I to voiceops_app', found.relname);
  end loop;
end $$;
grant select on alembic_version to voiceops_app;
grant select on audit_events, audit_leaves, audit_checkpoints, audit_witness, audit_watermark to voiceops_app, voiceops_sealer;
grant insert (id, payload) on audit_events to voiceops_app;
grant select (id, name, public, proof, created_at, retired_at) on signing_keys to voiceops_app;
grant insert on audit_leaves, audit_checkpoints to voiceops_sealer;
grant insert, update on audit_witness to voiceops_sealer;
grant update (low, cluster) on audit_watermark to voiceops_sealer;
grant select, insert, update (retired_at) on signing_keys to voiceops_sealer;
"""


def arrange(owner_url: str, app_url: str) -> list[str]:
    """Make the roles, let the application's login take them, and grant them what they need; all of it may be there already.

    Returns the SQL that an administrator has to run where the owner's login may not do it; then nothing else is done.
    """
    with psycopg.connect(libpq_url(owner_url), autocommit=True) as owner:
        missing = [*_make(owner), *_lend(owner, _login(libpq_url(app_url), owner))]
        if not _there(owner):
            return missing
        _patiently(owner, sql.SQL(GRANTS))
        return missing


def _make(owner: psycopg.Connection[Any]) -> list[str]:
    missing = []
    for role in ROLES:
        if owner.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone():
            continue
        create = sql.SQL("create role {} nologin").format(sql.Identifier(role))
        try:
            owner.execute(create)
        except errors.InsufficientPrivilege:
            missing.append(f"{create.as_string(owner)};")
        except (errors.DuplicateObject, errors.UniqueViolation):  # another database of this cluster is migrated at this moment
            pass
    return missing


def _lend(owner: psycopg.Connection[Any], login: str) -> list[str]:
    missing = []
    for role in ROLES:
        grant = sql.SQL("grant {} to {}").format(sql.Identifier(role), sql.Identifier(login))
        member = f"select 1 from pg_roles where rolname = %s and pg_has_role(%s, oid, {MAY_TAKE})"  # noqa: S608 - ours
        try:
            if not owner.execute(member, [role, login]).fetchone():
                _patiently(owner, grant)
        except (errors.InsufficientPrivilege, errors.UndefinedObject):
            missing.append(f"{grant.as_string(owner)};")
    return missing


def _login(app_url: str, owner: psycopg.Connection[Any]) -> str:
    """Return the name the application logs in by."""
    return str(psycopg.conninfo.conninfo_to_dict(app_url).get("user") or owner.info.user)


def _there(owner: psycopg.Connection[Any]) -> bool:
    found = owner.execute("select count(*) from pg_roles where rolname = any(%s)", [list(ROLES)]).fetchone()
    return found == (len(ROLES),)


def _patiently(owner: psycopg.Connection[Any], grant: sql.SQL | sql.Composed) -> None:
    """Grant; where two databases of a cluster do so at once, PostgreSQL refuses one of them ("tuple concurrently updated")."""
    for _ in range(20):
        try:
            owner.execute(grant)
        except errors.InternalError_:
            time.sleep(0.05)
        else:
            return
    owner.execute(grant)
