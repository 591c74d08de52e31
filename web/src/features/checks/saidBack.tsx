/** What a recogniser heard, as the script's own line: each place that differs is marked, and can be heard. */
import { useQuery } from '@tanstack/react-query';
import type { SayBack } from '../../api/types.ts';
import { wordsQuery } from '../../audio/wordsQueries.ts';
import { clock } from '../../ui/format.ts';
import { Skeleton } from '../../ui/state.tsx';
import { type Difference, lineOf } from './line.ts';
import styles from './saidBack.module.css';

interface SaidBackProps {
  version: string;
  sayback: SayBack;
  onListen: (ms: number) => void;
}

export function SaidBack({ version, sayback, onListen }: SaidBackProps) {
  const words = useQuery({ ...wordsQuery(version), enabled: sayback.differences.length > 0 });
  if (sayback.differences.length === 0) return null;
  return (
    <section className={styles.said} aria-label="Say-back">
      <h5>
        What was heard <span>{heard(sayback)}</span>
      </h5>
      {words.isPending && <Skeleton lines={2} label="Loading the words" />}
      {!words.isPending && (
        // A line that scrolls needs the keyboard, too.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className={styles.line} role="group" aria-label="The script as it was heard" tabIndex={0}>
          {lineOf(words.data?.words ?? [], sayback.differences).map((piece, place) => (
            // Pieces stay where they are: an examination never changes.
            // oxlint-disable-next-line react/no-array-index-key
            <span key={place}>{'text' in piece ? piece.text : <Place of={piece.difference} onListen={onListen} />} </span>
          ))}
        </div>
      )}
      <p className={styles.key}>
        <span>
          <del>missing</del>
        </span>
        <span>
          <ins>added</ins>
        </span>
        <span>
          <del>script</del> <ins>said instead</ins>
        </span>
        <span>A recogniser errs at times: press to hear for yourself.</span>
      </p>
    </section>
  );
}

function heard({ total, wrong }: SayBack): string {
  return `${wrong} of ${total} ${total === 1 ? 'word' : 'words'} ${wrong === 1 ? 'differs' : 'differ'}`;
}

function Place({ of, onListen }: { of: Difference; onListen: (ms: number) => void }) {
  return (
    <button type="button" className={styles.place} title={`Listen at ${clock(of.start_ms)}`} onClick={() => onListen(of.start_ms)}>
      {of.expected && (
        <>
          <span className={styles.hidden}>{of.heard ? 'Instead of ' : 'Missing: '}</span>
          <del>{of.expected}</del>
        </>
      )}
      {of.expected && of.heard && ' '}
      {of.heard && (
        <>
          <span className={styles.hidden}>{of.expected ? 'was heard ' : 'Added: '}</span>
          <ins>{of.heard}</ins>
        </>
      )}
    </button>
  );
}
