/** The comments of a version, with what they need of others: who reads, who can be mentioned, and the sound. */
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import type { Version } from '../api/types.ts';
import { voiceName } from '../api/words.ts';
import { versionTrack } from '../audio/track.ts';
import { assetQuery } from '../features/assets/queries.ts';
import { Comments } from '../features/comments/comments.tsx';
import { voicesQuery } from '../features/generations/queries.ts';
import { membersQuery } from '../features/people/queries.ts';
import { sessionQuery } from '../features/session/queries.ts';

const HASH = 'comment-';

export function VersionComments({ version }: { version: Version }) {
  const { data: session } = useSuspenseQuery(sessionQuery);
  const { data: asset } = useQuery(assetQuery(version.asset_id));
  const { data: voices = [] } = useQuery(voicesQuery);
  const { data: members = [] } = useQuery(membersQuery(version.project_id));
  const hash = useLocation({ select: (location) => location.hash });
  const track = versionTrack({
    id: version.id,
    number: version.number,
    durationMs: version.audio.duration_ms,
    assetId: version.asset_id,
    assetTitle: asset?.title ?? '',
    projectKey: session.projects.find((one) => one.id === version.project_id)?.key ?? '',
    voice: voiceName(voices, version.voice),
  });
  return (
    <Comments
      version={version}
      person={session.person.id}
      members={members.filter((one) => one.active && !one.is_you).map(({ person: { id, name } }) => ({ id, name }))}
      track={track}
      linked={hash.startsWith(HASH) ? hash.slice(HASH.length) : null}
    />
  );
}
