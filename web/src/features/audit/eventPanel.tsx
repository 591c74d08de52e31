/** One event in full: what it tells, the exact bytes, and the proof of its place. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { asProblem } from '../../api/client.ts';
import type { Project, WholeEvent } from '../../api/types.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { at } from '../../ui/format.ts';
import { Failure, Skeleton } from '../../ui/state.tsx';
import styles from './eventPanel.module.css';
import { ProofNote } from './proof.tsx';
import { eventQuery } from './queries.ts';
import { about, done, place, subject, versionOf, who } from './words.ts';

export function EventPanel({ project, event: id, onClose }: { project: Project | null; event: string; onClose: () => void }) {
  const event = useQuery(eventQuery(project?.id ?? null, id));
  const index = event.data?.index ?? null;
  const title = index === null ? 'Event' : `Event #${place(index)}`;
  return (
    <Dialog title={title} size="wide" onClose={onClose}>
      <div className={styles.body}>
        <Content event={event} project={project} />
      </div>
    </Dialog>
  );
}

function Content({ event, project }: { event: ReturnType<typeof useQuery<WholeEvent>>; project: Project | null }) {
  if (event.isPending) return <Skeleton lines={9} label="Loading the event" />;
  if (event.isError) {
    const problem = asProblem(event.error);
    const gone = problem.status === 404 || problem.status === 422;
    return gone ? (
      <Failure title="There is no such event" detail="It is not in this log." />
    ) : (
      <Failure title={problem.title} detail={problem.message} onRetry={() => void event.refetch()} />
    );
  }
  return <Whole event={event.data} project={project} />;
}

function Whole({ event, project }: { event: WholeEvent; project: Project | null }) {
  return (
    <>
      <p className={styles.sentence}>
        <strong>{who(event)}</strong> {done(event.action)}
        {about(event) && `: ${about(event)}`}
        {event.actor.type === 'worker' && ' (a worker, for them)'}
      </p>
      {event.reason && <blockquote className={styles.reason}>{event.reason}</blockquote>}
      <ProofNote event={event} />
      <dl className={styles.facts}>
        <Fact name="When">
          <time dateTime={event.at}>{at(event.at)}</time>
          <code>{event.at}</code>
        </Fact>
        <Fact name="Action">
          <code>{event.action}</code>
        </Fact>
        {event.asset && project && (
          <Fact name="Asset">
            <Link to="/projects/$project/assets/$asset" params={{ project: project.key, asset: event.asset.id }} search={versionOf(event)}>
              {event.asset.title}
              {event.version && ` v${event.version.number}`}
            </Link>
            <code>{event.asset.key}</code>
          </Fact>
        )}
        <Fact name="Subject">
          {subject(event)} <code>{event.subject.id}</code>
        </Fact>
        {event.people.length > 0 && (
          <Fact name="Who is who">
            {event.people.map((person) => (
              <span key={person.id}>
                {person.name} <code>{person.id}</code>
              </span>
            ))}
          </Fact>
        )}
        {event.address && (
          <Fact name="From">
            <code>{event.address}</code>
          </Fact>
        )}
        {event.request_id && (
          <Fact name="Request">
            <code>{event.request_id}</code>
          </Fact>
        )}
      </dl>
      {Object.keys(event.changes).length > 0 && (
        <section>
          <h3>Changes</h3>
          <pre className={styles.code}>{JSON.stringify(event.changes, null, 2)}</pre>
        </section>
      )}
      <details className={styles.exact}>
        <summary>The exact bytes, and their hash</summary>
        <pre className={styles.code}>{event.payload}</pre>
        <p>
          SHA-256 <code>{event.sha256}</code>
        </p>
      </details>
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
