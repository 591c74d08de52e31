/** The record of a project, with its filters and the open event in the address. */
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { AuditLog } from '../features/audit/auditLog.tsx';
import { sessionQuery } from '../features/session/queries.ts';
import { Empty } from '../ui/state.tsx';
import { NotFound } from './notFound.ts';
import styles from './page.module.css';
import { set } from './search.ts';

const ROUTE = '/inside/projects/$project/audit';

export function AuditPage() {
  const { project: key } = useParams({ from: ROUTE });
  const { event, ...filters } = useSearch({ from: ROUTE });
  const navigate = useNavigate({ from: '/projects/$project/audit' });
  const { data: session } = useSuspenseQuery(sessionQuery);
  const project = session.projects.find((one) => one.key === key);
  if (!project) return <NotFound />;
  return (
    <main className={styles.page}>
      <title>{`Audit · ${project.name} · VoiceOps Studio`}</title>
      {project.can.includes('audit.read') ? (
        <AuditLog
          project={project}
          can={project.can}
          filters={filters}
          open={event}
          onFilter={(change) => void navigate({ search: (old) => set({ ...old, ...change }), replace: true, resetScroll: false })}
          onOpen={(next) => void navigate({ search: (old) => set({ ...old, event: next }), resetScroll: false })}
        />
      ) : (
        <Empty
          screen
          title="The audit trail is for auditors and owners"
          action={
            <Link to="/projects/$project" params={{ project: key }}>
              Go to the library
            </Link>
          }
        >
          As {project.roles.join(', ')} in {project.name} you cannot read it. An owner can give you the role.
        </Empty>
      )}
    </main>
  );
}
