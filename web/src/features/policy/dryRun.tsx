/** What would be dropped: sums first, then the versions. Nothing is by asking. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { asProblem } from '../../api/client.ts';
import type { DryRun as Told } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { room } from '../../ui/figures.ts';
import { at, count, day } from '../../ui/format.ts';
import { Note, Skeleton } from '../../ui/state.tsx';
import table from '../../ui/table.module.css';
import { dryRunQuery, type Days } from './queries.ts';
import styles from './retention.module.css';

interface DryRunProps {
  project: string;
  projectKey: string;
  days: Days;
  /** These days are not the policy yet. */
  wish?: boolean;
}

export function DryRun({ project, projectKey, days, wish = false }: DryRunProps) {
  const run = useInfiniteQuery(dryRunQuery(project, days));
  const [first] = run.data?.pages ?? [];
  const going = run.data?.pages.flatMap((page) => page.items) ?? [];
  if (run.isPending) return <Skeleton lines={2} label="Looking what would be dropped" />;
  if (run.isError || !first) {
    return (
      <Note tone="bad" action={<Button size="small" onClick={() => void run.refetch()}>Try again</Button>}>
        What would be dropped could not be told. {asProblem(run.error).message}
      </Note>
    );
  }
  const nothing = first.masters.count + first.renditions.count === 0;
  return (
    <div className={styles.run} role="group" aria-label={wish ? 'What these days would drop' : 'What is dropped next'} aria-busy={run.isPlaceholderData}>
      <p aria-live="polite">
        {nothing ? <NothingGoes wish={wish} /> : <Sums told={first} wish={wish} />}{' '}
        <span className={styles.when} title={at(first.next_run_at)}>
          The next run is at {clockOf(first.next_run_at)}.
        </span>
      </p>
      {going.length > 0 && (
        <div className={styles.frame}>
          <table className={table.table}>
            <caption className={table.hidden}>Versions whose audio would be dropped</caption>
            <thead>
              <tr>
                <th scope="col">Version</th>
                <th scope="col">Archived</th>
                <th scope="col" className={styles.figure}>
                  Audio
                </th>
              </tr>
            </thead>
            <tbody>
              {going.map((one) => (
                <Row key={one.version_id} one={one} projectKey={projectKey} />
              ))}
            </tbody>
          </table>
          {run.hasNextPage && (
            <Button variant="quiet" size="small" busy={run.isFetchingNextPage} onClick={() => void run.fetchNextPage()}>
              Show more of {count(first.masters.count)}
            </Button>
          )}
        </div>
      )}
      {sumOf(going) > first.masters.bytes && <small className={styles.quiet}>The very same audio of several versions counts once.</small>}
    </div>
  );
}

function sumOf(going: Told['items']): number {
  return going.reduce((sum, one) => sum + one.bytes, 0);
}

function NothingGoes({ wish }: { wish: boolean }) {
  return <b>{wish ? 'With these days nothing would be dropped now.' : 'Nothing is due.'}</b>;
}

function Sums({ told: { masters, renditions }, wish }: { told: Told; wish: boolean }) {
  const parts = [
    masters.count > 0 && `the audio of ${count(masters.count)} archived ${masters.count === 1 ? 'version' : 'versions'} (${room(masters.bytes)})`,
    renditions.count > 0 && `${count(renditions.count)} ${renditions.count === 1 ? 'rendition' : 'renditions'} (${room(renditions.bytes)})`,
  ].filter(Boolean);
  return (
    <b>
      {wish ? 'Saved, this drops' : 'Due:'} {parts.join(' and ')}.
    </b>
  );
}

function Row({ one, projectKey }: { one: Told['items'][number]; projectKey: string }) {
  return (
    <tr>
      <th scope="row">
        <a href={`/projects/${projectKey}/assets/${one.asset.id}?version=${one.number}&tab=versions`} target="_blank" rel="noreferrer" title="Opens in a new tab">
          {one.asset.title}
        </a>{' '}
        <span className={styles.quiet}>v{one.number}</span>
      </th>
      <td>{day(one.archived_at)}</td>
      <td className={styles.figure}>{room(one.bytes)}</td>
    </tr>
  );
}

const hours = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

function clockOf(time: string): string {
  return hours.format(new Date(time));
}
