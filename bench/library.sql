-- Assets from number `first` to `last` with `versions` versions each, the first one with `many`, from `scripts` scripts. All triggers act.
-- Ids are UUIDv7, as the program makes them: they sort by birth.
create or replace function pg_temp.born(at timestamptz, of text) returns uuid language sql immutable as $$
  select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5(of), 1, 3)
    || '8' || substr(md5(of), 4, 15))::uuid $$;
create temporary table if not exists people_here as select id, row_number() over (order by email) - 1 as place from people;
create temporary table if not exists filling (n int, asset_id uuid, at timestamptz, versions int);

truncate filling;
insert into filling select n, pg_temp.born(at, 'asset ' || n), at, case n when 1 then %(many)s else %(versions)s end
from (select n, now() - interval '400 days' + n * interval '50 minutes' as at from generate_series(%(first)s, %(last)s) n) made;
insert into assets (id, project_id, key, title, language, tags, owner_id, script_count, version_count, created_at, updated_at)
select asset_id, %(project)s,
  (array['support', 'sales', 'course', 'billing', 'legal'])[1 + n %% 5] || '/' || (array['greeting', 'hold', 'notice', 'lesson'])[1 + n %% 4] || '-' || n,
  (array['Greeting', 'Waiting', 'Notice', 'Lesson'])[1 + n %% 4] || ' for ' || (array['parcels', 'contracts', 'invoices', 'new customers', 'returns', 'holidays', 'outages'])[1 + n %% 7] || ' no. ' || n,
  (array['en-US', 'en-US', 'en-US', 'en-GB', 'de-DE'])[1 + n %% 5], array['team-' || n %% 12, (array['ivr', 'video', 'course'])[1 + n %% 3]],
  p.id, %(scripts)s, versions, at, at
from filling join people_here p on p.place = n %% (select count(*) from people_here);
insert into scripts (id, project_id, asset_id, number, text, note, created_at, created_by_id)
select pg_temp.born(at, 'script ' || n || ' ' || number), %(project)s, asset_id, number,
  'Thank you for calling about order ' || n || '. ' || repeat('All parcels left our warehouse and arrive next Monday morning. ', 1 + n %% 4)
  || 'We wrote this for the ' || number || '. time.', case when number > 1 then 'Shorter, as support asked' end, at, p.id
from filling cross join generate_series(1, %(scripts)s) number join people_here p on p.place = n %% (select count(*) from people_here);

create temporary table speaking on commit drop as
select n, number, asset_id, at + number * interval '1 minute' as at, pg_temp.born(at + number * interval '1 minute', 'version ' || n || ' ' || number) as id,
  pg_temp.born(at + number * interval '1 minute', 'generation ' || n || ' ' || number) as generation_id,
  pg_temp.born(at, 'script ' || n || ' ' || 1 + (number - 1) * %(scripts)s / versions) as script_id,
  case when number > 1 then pg_temp.born(at + (number - 1) * interval '1 minute', 'version ' || n || ' ' || number - 1) end as parent_id,
  (array['hibari/heart', 'tone/plain'])[1 + number %% 2] as voice, p.id as person_id, sha.sha,
  case when number < versions - 2 then 'archived' else (array['draft', 'in_review', 'approved', 'draft', 'archived'])[1 + (n + versions - number) %% 5] end as status,
  jsonb_build_object('tone', 'neutral', 'speed', 1.0, 'emphasis', 1.0, 'pitch', 0.0, 'sentence_gap_ms', 250) as delivery
from filling cross join generate_series(1, versions) number join people_here p on p.place = n %% (select count(*) from people_here)
cross join lateral (select encode(sha256(('audio ' || n || ' ' || number)::bytea), 'hex') as sha) sha;
insert into generations (id, project_id, asset_id, script_id, voice, provider, delivery, unspoken, requested_by_id, created_at, status, attempt,
  attempts_before, failures, progress, started_at, finished_at, characters, micros, reserved_on)
select generation_id, %(project)s, asset_id, script_id, voice, split_part(voice, '/', 1), delivery, '', person_id, at, 'succeeded', 1, 0, 0, 1, at, at, 120, 0, at::date
from speaking;
insert into blobs (sha256, media_type, bytes, state) select sha, 'audio/flac', 90000 + number, 'stored' from speaking;
insert into versions (id, project_id, asset_id, number, generation_id, script_id, parent_version_id, voice, provider, delivery, applied_delivery,
  provider_metadata, unspoken, reason, audio_sha256, sample_rate_hz, duration_ms, measurements, words, fingerprint, created_at, created_by_id, status)
select id, %(project)s, asset_id, number, generation_id, script_id, parent_id, voice, split_part(voice, '/', 1), delivery, delivery,
  '{"model": "hibari 0.2.1", "seconds": 0.4}', '', case when number > 1 then 'Calmer, and the number slower' end, sha, 24000, 4000 + number,
  '{"loudness_lufs": -18.2, "true_peak_dbtp": -3.1, "words_per_minute": 164.0, "lead_silence_ms": 20, "tail_silence_ms": 80, "longest_pause_ms": 310, "clipped_samples": 0}',
  (select jsonb_agg(jsonb_build_object('text', 'word', 'start_ms', at * 300, 'end_ms', at * 300 + 280, 'emphasised', false)) from generate_series(0, 19) at),
  encode(sha256(sha::bytea), 'hex'), at, person_id, status
from speaking order by number;
update examinations e set state = 'done', finished_at = now(), facts = '{"audio_ms": 4000}',
  findings = '[{"check": "pace", "passed": true, "detail": "164 words a minute.", "figures": {"wpm": 164}, "at": []}]'
from speaking s where e.version_id = s.id;

insert into reviews (id, project_id, asset_id, version_id, requested_by_id, reason, created_at, closed_at, outcome)
select pg_temp.born(at, 'review ' || n || ' ' || number), %(project)s, asset_id, id, person_id, 'Please hear this', at,
  case status when 'approved' then at end, case status when 'approved' then 'approved' end
from speaking where status in ('in_review', 'approved');
insert into decisions (id, project_id, asset_id, version_id, review_id, person_id, verdict, reason, roles, fingerprint, heard, created_at)
select pg_temp.born(at, 'decision ' || n || ' ' || number), %(project)s, asset_id, s.id, pg_temp.born(at, 'review ' || n || ' ' || number), p.id,
  'approve', 'Clear and calm', array['reviewer'], encode(sha256(sha::bytea), 'hex'), 1, at
from speaking s join people_here p on p.place = (n + 1) %% (select count(*) from people_here) where status = 'approved';
insert into comments (id, project_id, asset_id, version_id, at_ms, person_id, created_at, text_count)
select pg_temp.born(at, 'comment ' || n || ' ' || number), %(project)s, asset_id, id, 900, person_id, at, 1 from speaking where (n + number) %% 10 = 0;
insert into comment_texts (comment_id, number, body, mentions)
select pg_temp.born(at, 'comment ' || n || ' ' || number), 1, 'The number is too fast here.', '{}' from speaking where (n + number) %% 10 = 0;
