/** Whether an event is sealed and proved, and by what. */
import type { WholeEvent } from '../../api/types.ts';
import { at, count } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import styles from './eventPanel.module.css';
import { place } from './words.ts';

export function ProofNote({ event: { proof, leaf } }: { event: WholeEvent }) {
  if (proof === null)
    return (
      <p className={styles.proof} data-tone="waiting" role="status">
        Not sealed yet. That follows within a second, while a worker runs.
      </p>
    );
  const { tone, words } = STATES[String(proof.proved)] ?? UNKNOWN;
  return (
    <div className={styles.proof} data-tone={tone}>
      <p>
        {proof.proved !== null && <Icon name={proof.proved ? 'check' : 'warning'} />} Sealed on{' '}
        <time dateTime={proof.sealed_at}>{at(proof.sealed_at)}</time> at place {place(proof.index)} of its log. {words}
      </p>
      <details>
        <summary>The proof</summary>
        <dl className={styles.hashes}>
          <dt>Leaf</dt>
          <dd>
            <code>{leaf}</code>
          </dd>
          {proof.path.map((step, level) => (
            <div key={step} className={styles.step}>
              <dt>Beside it, level {level}</dt>
              <dd>
                <code>{step}</code>
              </dd>
            </div>
          ))}
          <dt>Root of {count(proof.size)} events</dt>
          <dd>
            <code>{proof.root}</code>
          </dd>
        </dl>
        <p>The signed checkpoint:</p>
        <pre className={styles.code}>{proof.note}</pre>
      </details>
    </div>
  );
}

const UNKNOWN = { tone: 'waiting', words: 'This server has no VOICEOPS_SECRET_KEY, so it cannot check the signature.' };
const STATES: Record<string, { tone: string; words: string }> = {
  true: { tone: 'good', words: 'Its bytes lead to a root that was signed: it has not been changed since.' },
  false: { tone: 'bad', words: 'Its bytes do not lead to the signed root: it was changed. Verify the whole record.' },
};
