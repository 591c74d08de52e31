-- So many targets, every asset of the library live on each, with a history of `depth` deployments in each slot; triggers off.
-- What is past has a short manifest, what is live one of the usual length.
set session_replication_role = replica;
insert into targets (id, project_id, key, name, channel, environment, created_by_id)
select gen_random_uuid(), p.project_id, 'bot-' || n, 'Bot ' || n, 'support_bot', 'production', p.person_id
from generate_series(1, %(targets)s) n, (select project_id, person_id from memberships where role = 'owner' limit 1) p
on conflict do nothing;
create temporary table places on commit drop as
select t.id as target_id, a.id as asset_id, a.project_id, v.id as version_id, t.created_by_id as person_id, t.key || a.key as named
from targets t join assets a on a.project_id = t.project_id and t.key like 'bot-%%'
cross join lateral (select id from versions v where v.asset_id = a.id order by number desc limit 1) v;
with made as (
  insert into deployments (id, project_id, target_id, asset_id, version_id, kind, reason, deployed_at, deployed_by_id, manifest,
    manifest_sha256)
  select gen_random_uuid(), project_id, target_id, asset_id, version_id, 'deploy', 'As planned', now() - n * interval '1 day', person_id,
    '{"padding":"' || case n when 0 then repeat('m', 1100) else '' end || '"}', encode(sha256((named || n)::bytea), 'hex')
  from places cross join generate_series(%(depth)s - 1, 0, -1) n returning id, target_id, asset_id, project_id, version_id, deployed_at
)
insert into slots (target_id, asset_id, project_id, deployment_id, version_id, deployed_at)
select distinct on (target_id, asset_id) target_id, asset_id, project_id, id, version_id, deployed_at from made
order by target_id, asset_id, deployed_at desc
