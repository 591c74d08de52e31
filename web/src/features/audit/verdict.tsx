/** What a verification says, in words; the first event that is wrong can be opened. */
import { asProblem } from '../../api/client.ts';
import type { Verdict } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { decimal } from '../../ui/figures.ts';
import { count } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { Note } from '../../ui/state.tsx';
import type { useVerify } from './queries.ts';
import styles from './verdict.module.css';
import { KINDS, place } from './words.ts';

interface VerdictNoteProps {
  verify: ReturnType<typeof useVerify>;
  onOpen: (event: string) => void;
}

export function VerdictNote({ verify, onOpen }: VerdictNoteProps) {
  if (verify.isPending)
    return (
      <div className={styles.verdict} role="status">
        <progress aria-label="Verifying" />
        <p>Every event is read again, hashed, and held against the signed checkpoints and their copies outside the database.</p>
      </div>
    );
  if (verify.isError) {
    const problem = asProblem(verify.error);
    return (
      <Note tone="bad" live action={<Button onClick={() => verify.mutate()}>Try again</Button>}>
        {problem.title}. {problem.message}
      </Note>
    );
  }
  if (!verify.data) return null;
  return verify.data.ok ? <Good verdict={verify.data} /> : <Bad verdict={verify.data} onOpen={onOpen} />;
}

function Good({ verdict }: { verdict: Verdict }) {
  return (
    <div className={styles.verdict} data-tone="good" role="status">
      <p className={styles.title}>
        <Icon name="check" /> Nothing is wrong
      </p>
      <p>{looked(verdict)}</p>
      {verdict.unsealed > 0 && <p>{waiting(verdict.unsealed)}</p>}
    </div>
  );
}

function Bad({ verdict, onOpen }: { verdict: Verdict; onOpen: (event: string) => void }) {
  return (
    <div className={styles.verdict} data-tone="bad" role="alert">
      <p className={styles.title}>
        <Icon name="warning" /> The record is not what it was
      </p>
      <p>{looked(verdict)}</p>
      <ol>
        {verdict.findings.map((finding) => (
          <li key={`${finding.kind} ${finding.index} ${finding.why}`}>
            <span className={styles.kind}>{KINDS[finding.kind] ?? finding.kind}</span> <span>{finding.why}</span>
            {finding.event_id !== null && (
              <Button size="small" variant="quiet" onClick={() => onOpen(finding.event_id ?? '')}>
                {finding.index === null ? 'Open the event' : `Open #${place(finding.index)}`}
              </Button>
            )}
          </li>
        ))}
      </ol>
      {verdict.more > 0 && <p>And {count(verdict.more)} more.</p>}
    </div>
  );
}

function looked({ events, checkpoints, outside, seconds }: Verdict): string {
  return `${count(events)} events, ${count(checkpoints)} signed checkpoints and ${count(outside)} copies outside the database were computed anew in ${decimal(seconds)} s.`;
}

function waiting(unsealed: number): string {
  const these = unsealed === 1 ? 'One event is' : `${count(unsealed)} events are`;
  return `${these} not sealed yet; that follows within a second, while a worker runs.`;
}
