"""Policies, reviews, decisions, comments, notices."""

from typing import Any

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = """
create table policies (
  project_id uuid not null constraint pk_policies primary key constraint fk_policies_project_id references projects,
  approvals integer not null default 1 constraint ck_policies_approvals check (approvals between 1 and 5),
  roles text[] not null default '{}' constraint ck_policies_roles check (roles <@ array['reviewer', 'owner']),
  self_approval boolean not null default false,
  checks jsonb not null default '{}',
  renditions_days integer constraint ck_policies_renditions_days check (renditions_days between 1 and 3650),
  archived_audio_days integer constraint ck_policies_archived_audio_days check (archived_audio_days between 1 and 3650)
);
insert into policies (project_id) select id from projects;

create table reviews (
  id uuid not null constraint pk_reviews primary key,
  project_id uuid not null,
  asset_id uuid not null,
  version_id uuid not null,
  requested_by_id uuid not null constraint fk_reviews_requested_by_id references people,
  reason text,
  due_at timestamptz,
  created_at timestamptz not null default now(),
  closed_at timestamptz,
  outcome varchar(32)
    constraint ck_reviews_outcome check (outcome in ('approved', 'changes_requested', 'withdrawn', 'archived')),
  constraint ck_reviews_closed check ((closed_at is null) = (outcome is null)),
  constraint uq_reviews_project_id_asset_id_version_id_id unique (project_id, asset_id, version_id, id),
  constraint fk_reviews_project_id_asset_id_version_id
    foreign key (project_id, asset_id, version_id) references versions (project_id, asset_id, id)
);
create unique index uq_reviews_version_id_open on reviews (version_id) where closed_at is null;
create index ix_reviews_project_id_id_open on reviews (project_id, id) where closed_at is null;
create index ix_reviews_project_id_id on reviews (project_id, id);
create index ix_reviews_version_id_id on reviews (version_id, id);

create table reviewers (
  review_id uuid not null constraint fk_reviewers_review_id references reviews,
  person_id uuid not null constraint fk_reviewers_person_id references people,
  constraint pk_reviewers primary key (review_id, person_id)
);
create index ix_reviewers_person_id on reviewers (person_id);

create table decisions (
  id uuid not null constraint pk_decisions primary key,
  project_id uuid not null,
  asset_id uuid not null,
  version_id uuid not null,
  review_id uuid not null,
  person_id uuid not null constraint fk_decisions_person_id references people,
  verdict varchar(32) not null constraint ck_decisions_verdict check (verdict in ('approve', 'request_changes')),
  reason text not null,
  roles text[] not null,
  fingerprint text not null,
  heard double precision constraint ck_decisions_heard check (heard between 0 and 1),
  created_at timestamptz not null default now(),
  constraint uq_decisions_review_id_person_id unique (review_id, person_id),
  constraint fk_decisions_project_id_asset_id_version_id_review_id
    foreign key (project_id, asset_id, version_id, review_id) references reviews (project_id, asset_id, version_id, id)
);

create table comments (
  id uuid not null constraint pk_comments primary key,
  project_id uuid not null,
  asset_id uuid not null,
  version_id uuid not null,
  reply_to_id uuid,
  at_ms integer constraint ck_comments_at_ms check (at_ms >= 0),
  until_ms integer constraint ck_comments_until_ms check (until_ms > at_ms),
  person_id uuid not null constraint fk_comments_person_id references people,
  created_at timestamptz not null default now(),
  text_count integer not null,
  resolved_at timestamptz,
  resolved_by_id uuid constraint fk_comments_resolved_by_id references people,
  deleted_at timestamptz,
  deleted_by_id uuid constraint fk_comments_deleted_by_id references people,
  constraint uq_comments_version_id_id unique (version_id, id),
  constraint ck_comments_span check (until_ms is null or at_ms is not null),
  constraint ck_comments_thread check (reply_to_id is null or (at_ms is null and resolved_at is null)),
  constraint ck_comments_resolved check ((resolved_at is null) = (resolved_by_id is null)),
  constraint ck_comments_deleted check ((deleted_at is null) = (deleted_by_id is null)),
  constraint fk_comments_project_id_asset_id_version_id
    foreign key (project_id, asset_id, version_id) references versions (project_id, asset_id, id),
  constraint fk_comments_reply_to foreign key (version_id, reply_to_id) references comments (version_id, id)
);
create index ix_comments_reply_to_id on comments (reply_to_id);

create table comment_texts (
  comment_id uuid not null constraint fk_comment_texts_comment_id references comments,
  number integer not null,
  body text not null,
  mentions uuid[] not null,
  written_at timestamptz not null default now(),
  constraint pk_comment_texts primary key (comment_id, number)
);

create table notices (
  id uuid not null constraint pk_notices primary key,
  person_id uuid not null constraint fk_notices_person_id references people,
  kind varchar(32) not null
    constraint ck_notices_kind check (kind in ('review_asked', 'approved', 'changes_requested', 'mentioned', 'replied')),
  project_id uuid not null,
  asset_id uuid not null,
  version_id uuid not null,
  review_id uuid constraint fk_notices_review_id references reviews,
  comment_id uuid constraint fk_notices_comment_id references comments,
  by_id uuid not null constraint fk_notices_by_id references people,
  created_at timestamptz not null default now(),
  read_at timestamptz,
  mailed_at timestamptz,
  constraint fk_notices_project_id_asset_id_version_id
    foreign key (project_id, asset_id, version_id) references versions (project_id, asset_id, id)
);
create index ix_notices_person_id_id on notices (person_id, id);
create index ix_notices_unread on notices (person_id, id) where read_at is null;
create index ix_notices_review_id on notices (review_id) where read_at is null;
"""

TRIGGERS = """
create function give_policy() returns trigger language plpgsql as $$
begin
  insert into policies (project_id) values (new.id);
  return null;
end $$;
create trigger projects_governed after insert on projects for each row execute function give_policy();
create trigger policies_placed before update on policies for each row
  when (new.project_id <> old.project_id) execute function refuse_change_of_key();

-- A decision belongs to a round that is open, or that just ended as it says; nobody approves what is their own.
create function refuse_decision() returns trigger language plpgsql as $$
declare ended text; own boolean;
begin
  select outcome into ended from reviews where id = new.review_id;
  if ended <> (case new.verdict when 'approve' then 'approved' else 'changes_requested' end) then
    raise exception 'a decision on a review that ended otherwise is refused' using errcode = 'check_violation';
  end if;
  select new.person_id in (v.created_by_id, s.created_by_id) and not p.self_approval into own
    from versions v join scripts s on s.id = v.script_id join policies p on p.project_id = v.project_id where v.id = new.version_id;
  if own and new.verdict = 'approve' then
    raise exception 'approval of one''s own version is refused' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger decisions_barred before insert on decisions for each row execute function refuse_decision();

create function refuse_nested_reply() returns trigger language plpgsql as $$
begin
  if exists (select from comments where id = new.reply_to_id and reply_to_id is not null) then
    raise exception 'a reply to a reply is refused' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger comments_threaded before insert on comments for each row execute function refuse_nested_reply();

create trigger reviews_fixed before update on reviews for each row execute function refuse_change_but('closed_at', 'outcome');
create trigger reviews_closed before update on reviews for each row
  when (old.closed_at is not null) execute function refuse_change();
create trigger comments_fixed before update on comments for each row execute function refuse_change_but(
  'text_count', 'resolved_at', 'resolved_by_id', 'deleted_at', 'deleted_by_id');
create trigger comments_gone before update on comments for each row
  when (old.deleted_at is not null and (new.deleted_at, new.text_count) is distinct from (old.deleted_at, old.text_count))
  execute function refuse_change();
create trigger notices_fixed before update on notices for each row execute function refuse_change_but('read_at', 'mailed_at');

do $$ declare name text; begin
  foreach name in array array['reviewers', 'decisions', 'comment_texts'] loop
    execute format('create trigger %I before update on %I for each row execute function refuse_change()', name || '_fixed', name);
  end loop;
  foreach name in array array['policies', 'reviews', 'reviewers', 'decisions', 'comments', 'comment_texts', 'notices'] loop
    execute format('create trigger %I before delete on %I for each row execute function refuse_change()', name || '_kept', name);
    execute format(
      'create trigger %I before truncate on %I for each statement execute function refuse_change()', name || '_whole', name);
  end loop;
end $$;
"""


def upgrade() -> None:
    psycopg: Any = op.get_bind().connection.driver_connection  # without parameters, so that % is a character like any other
    for sql in (TABLES, TRIGGERS):
        psycopg.execute(sql)
