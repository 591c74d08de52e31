/** Generations on their way, and those that came to nothing; what succeeded is a version. */
import type { Generation, Voice } from '../../api/types.ts';
import { deliverySummary, voiceName } from '../../api/words.ts';
import { Ago } from '../../ui/ago.tsx';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { toast } from '../../ui/toast.tsx';
import { useCancel, useRetry } from './mutations.ts';
import styles from './requests.module.css';

interface RequestsProps {
  generations: readonly Generation[];
  voices: readonly Voice[];
}

export function Requests({ generations, voices }: RequestsProps) {
  const [recent, earlier] = split(generations);
  if (recent.length + earlier.length === 0) return null;
  return (
    <section aria-label="Generations" className={styles.requests}>
      <ul>
        {recent.map((generation) => (
          <Request key={generation.id} generation={generation} voices={voices} />
        ))}
      </ul>
      {earlier.length > 0 && (
        <details>
          <summary>Earlier requests without a version ({earlier.length})</summary>
          <ul>
            {earlier.map((generation) => (
              <Request key={generation.id} generation={generation} voices={voices} />
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

const onError = (error: Error) => toast(error.message, 'bad');

function open({ status }: Generation): boolean {
  return status === 'queued' || status === 'running';
}

/** What is under way or came to nothing since the last success, and what lies before that. */
function split(generations: readonly Generation[]): [Generation[], Generation[]] {
  const success = generations.findIndex((one) => one.status === 'succeeded');
  const left = generations.filter((one) => one.status !== 'succeeded');
  const recent = left.filter((one) => open(one) || success === -1 || generations.indexOf(one) < success);
  return [recent, left.filter((one) => !recent.includes(one))];
}

function Request({ generation, voices }: { generation: Generation; voices: readonly Voice[] }) {
  const cancel = useCancel(generation.asset_id);
  const retry = useRetry(generation.asset_id);
  const { status, progress, error } = generation;
  const percent = Math.round(progress * 100);
  return (
    <li data-status={status} className={styles.request}>
      <div className={styles.text}>
        <strong>
          {status === 'failed' && <Icon name="warning" />}
          {LABEL[status]}
          {status === 'running' && <span className={styles.percent}> {percent} %</span>}
          {generation.attempt > 1 && <span className={styles.attempt}>attempt {generation.attempt}</span>}
        </strong>
        {open(generation) && (
          <progress value={status === 'queued' ? 0 : progress} max={1} aria-label={`${LABEL[status]}: script ${generation.script.number}`} />
        )}
        {status === 'failed' && <p role="alert">{error?.message ?? 'No reason was given.'}</p>}
        <p className={styles.facts}>
          Script {generation.script.number} · {voiceName(voices, generation.voice)} · {deliverySummary(generation.delivery)} ·{' '}
          {generation.requested_by.name} · <Ago time={generation.created_at} />
        </p>
        {generation.reason && <p className={styles.facts}>“{generation.reason}”</p>}
      </div>
      {generation.can.includes('generation.cancel') && (
        <Button size="small" busy={cancel.isPending} onClick={() => cancel.mutate(generation.id, { onError })}>
          Cancel
        </Button>
      )}
      {generation.can.includes('generation.retry') && (
        <Button size="small" icon="retry" busy={retry.isPending} onClick={() => retry.mutate(generation.id, { onError })}>
          Retry
        </Button>
      )}
    </li>
  );
}

const LABEL: Record<Generation['status'], string> = {
  queued: 'Waiting for the voice',
  running: 'Speaking',
  succeeded: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
};
