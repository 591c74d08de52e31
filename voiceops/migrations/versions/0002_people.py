"""Invitations, and what tells one session of a person from another."""

from typing import Any

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = """
create table invitations (
  id uuid not null constraint pk_invitations primary key,
  token_hash bytea not null constraint uq_invitations_token_hash unique,
  email text,
  project_id uuid constraint fk_invitations_project_id references projects,
  roles text[] not null,
  is_admin boolean not null,
  invited_by_id uuid constraint fk_invitations_invited_by_id references people,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  accepted_at timestamptz,
  accepted_by_id uuid constraint fk_invitations_accepted_by_id references people,
  revoked_at timestamptz,
  constraint ck_invitations_place check ((project_id is null) = is_admin),
  constraint ck_invitations_roles check ((project_id is null) = (cardinality(roles) = 0)),
  constraint ck_invitations_email check (email is null or (accepted_at is null and revoked_at is null))
);
create unique index uq_invitations_project_id_email on invitations (project_id, lower(email))
  where accepted_at is null and revoked_at is null;

alter table sessions add column address text, add column user_agent text;
"""

TRIGGERS = """
create trigger invitations_fixed before update on invitations for each row execute function refuse_change_but(
  'email', 'accepted_at', 'accepted_by_id', 'revoked_at');
create trigger invitations_closed before update on invitations for each row
  when (old.accepted_at is not null or old.revoked_at is not null) execute function refuse_change();
create trigger invitations_kept before delete on invitations for each row execute function refuse_change();
create trigger invitations_whole before truncate on invitations for each statement execute function refuse_change();
"""


def upgrade() -> None:
    psycopg: Any = op.get_bind().connection.driver_connection  # without parameters, so that % is a character like any other
    for sql in (TABLES, TRIGGERS):
        psycopg.execute(sql)
