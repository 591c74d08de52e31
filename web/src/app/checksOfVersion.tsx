/** The checks of a version, with the track that its places are heard in. */
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import type { Version } from '../api/types.ts';
import { voiceName } from '../api/words.ts';
import { versionTrack } from '../audio/track.ts';
import { assetQuery } from '../features/assets/queries.ts';
import { ChecksPanel } from '../features/checks/panel.tsx';
import { voicesQuery } from '../features/generations/queries.ts';
import { sessionQuery } from '../features/session/queries.ts';

export function ChecksOfVersion({ version }: { version: Version }) {
  const { data: session } = useSuspenseQuery(sessionQuery);
  const asset = useQuery(assetQuery(version.asset_id));
  const voices = useQuery(voicesQuery);
  const project = session.projects.find((one) => one.id === version.project_id);
  const track =
    asset.data && project
      ? versionTrack({
          id: version.id,
          number: version.number,
          durationMs: version.audio.duration_ms,
          assetId: asset.data.id,
          assetTitle: asset.data.title,
          projectKey: project.key,
          voice: voiceName(voices.data ?? [], version.voice),
        })
      : null;
  return <ChecksPanel version={version} track={track} />;
}
