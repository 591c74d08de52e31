/** The inbox of reviews; whose and which stands in the address. */
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { voicesQuery } from '../features/generations/queries.ts';
import { Inbox } from '../features/reviews/inbox.tsx';
import { sessionQuery } from '../features/session/queries.ts';
import { beginComment } from './compareComments.tsx';
import { Judged, Standing } from './judged.tsx';
import { NotFound } from './notFound.ts';
import styles from './page.module.css';

const ROUTE = '/inside/projects/$project/reviews';

export function ReviewsPage() {
  const { project: key } = useParams({ from: ROUTE });
  const filters = useSearch({ from: ROUTE });
  const navigate = useNavigate({ from: '/projects/$project/reviews' });
  const { data: session } = useSuspenseQuery(sessionQuery);
  const voices = useQuery(voicesQuery);
  const project = session.projects.find((one) => one.key === key);
  if (!project) return <NotFound />;
  return (
    <main className={styles.page}>
      <title>{`Reviews · ${project.name} · VoiceOps Studio`}</title>
      <Inbox
        project={project}
        voices={voices.data ?? []}
        filters={filters}
        onFilter={(search) => void navigate({ search, replace: true, resetScroll: false })}
        renderStanding={(review) => <Standing review={review} />}
        renderJudged={(review, track) => <Judged review={review} track={track} />}
        onComment={({ version }, atMs) => beginComment(session.person.id, version.id, version.duration_ms, atMs)}
      />
    </main>
  );
}
