/** The API keys of a project: a tab of its settings. */
import { useSuspenseQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Keys } from '../features/keys/keys.tsx';
import { sessionQuery } from '../features/session/queries.ts';

export function KeysPage() {
  const { project: key } = useParams({ from: '/inside/projects/$project/settings/keys' });
  const { data: session } = useSuspenseQuery(sessionQuery);
  const project = session.projects.find((one) => one.key === key);
  if (!project) return null; // the frame around it says so
  return (
    <>
      <title>{`API keys · ${project.name} · VoiceOps Studio`}</title>
      <Keys project={project} me={session.person.id} />
    </>
  );
}
