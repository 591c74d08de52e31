/** How much room the project's audio takes, and what was dropped so far. */
import { useQuery } from '@tanstack/react-query';
import { asProblem } from '../../api/client.ts';
import type { Storage as Kept } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { room } from '../../ui/figures.ts';
import { count } from '../../ui/format.ts';
import { Note, Skeleton } from '../../ui/state.tsx';
import { storageQuery } from './queries.ts';
import review from './review.module.css';
import styles from './storage.module.css';
import { StorageChart } from './storageChart.tsx';
import { KIND_NAMES, KINDS } from './kinds.ts';

export function Storage({ project }: { project: string }) {
  const storage = useQuery(storageQuery(project));
  return (
    <section className={review.review} aria-labelledby="storage">
      <header>
        <h2 id="storage">Storage</h2>
        {storage.data && <strong className={styles.whole}>{room(storage.data.bytes)}</strong>}
      </header>
      {storage.isPending && <Skeleton lines={5} label="Adding up what is kept" />}
      {storage.isError && !storage.data && (
        <Note tone="bad" action={<Button size="small" onClick={() => void storage.refetch()}>Try again</Button>}>
          What is kept could not be added up. {asProblem(storage.error).message}
        </Note>
      )}
      {storage.data && <Use kept={storage.data} />}
    </section>
  );
}

function Use({ kept }: { kept: Kept }) {
  const { dropped } = kept;
  if (kept.bytes === 0 && dropped.count === 0) return <p className={review.lead}>Nothing is kept yet. Each generated version adds its audio here.</p>;
  return (
    <>
      <dl className={styles.kinds}>
        {KIND_NAMES.map((kind) => (
          <div key={kind} data-kind={kind}>
            <dt>{KINDS[kind]}</dt>
            <dd>{room(kept.kinds[kind])}</dd>
          </div>
        ))}
        <div data-kind="dropped">
          <dt>Dropped so far</dt>
          <dd title={`${count(dropped.count)} ${dropped.count === 1 ? 'master' : 'masters'}`}>{room(dropped.bytes)}</dd>
        </div>
      </dl>
      {kept.bytes > 0 && <StorageChart kept={kept} />}
    </>
  );
}
