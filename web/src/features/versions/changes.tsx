/** What changed since the version this one was built on: words, voice, delivery. */
import { useMemo, useState } from 'react';
import type { Version, Voice } from '../../api/types.ts';
import { deliveryLabel, deliveryValue, voiceName } from '../../api/words.ts';
import { Button } from '../../ui/button.tsx';
import styles from './changes.module.css';
import { atAGlance, wordDiff } from './wordDiff.ts';

interface ChangesProps {
  version: Version;
  voices: readonly Voice[];
  language: string;
}

export function Changes({ version, voices, language }: ChangesProps) {
  const { changes } = version;
  if (!changes) return null;
  const settings = changes.delivery.map(({ field, before, after }) => ({
    label: deliveryLabel(field),
    from: deliveryValue(field, before),
    to: deliveryValue(field, after),
  }));
  if (changes.voice) settings.unshift({ label: 'Voice', from: voiceName(voices, changes.voice), to: voiceName(voices, version.voice) });
  return (
    <section className={styles.changes} aria-label={`What changed since version ${changes.parent_number}`}>
      <h4>Changed since v{changes.parent_number}</h4>
      {changes.script && <Diff from={changes.script.text} to={version.script.text} language={language} />}
      {settings.length > 0 && (
        <ul>
          {settings.map(({ label, from, to }) => (
            <li key={label}>
              {label} <del>{from}</del> <span aria-hidden="true">→</span> <ins>{to}</ins>
            </li>
          ))}
        </ul>
      )}
      {!changes.script && settings.length === 0 && <p className={styles.none}>Nothing: another take of the same words, voice and delivery.</p>}
    </section>
  );
}

function Diff({ from, to, language }: { from: string; to: string; language: string }) {
  const [whole, setWhole] = useState(false);
  const pieces = useMemo(() => wordDiff(from, to, language), [from, to, language]); // up to 50 ms, and cards are rendered with every progress
  const glance = atAGlance(pieces);
  return (
    <>
      <p className={styles.diff}>
        {(whole ? pieces : glance).map((piece, index) => {
          if (piece.kind === 'removed') return <del key={index}>{piece.text}</del>;
          if (piece.kind === 'added') return <ins key={index}>{piece.text}</ins>;
          if (piece.kind === 'same') return <span key={index}>{piece.text}</span>;
          return (
            <span key={index} className={styles.skipped} title={piece.text || undefined}>
              {' … '}
            </span>
          );
        })}
      </p>
      {glance !== pieces && (
        <div className={styles.more}>
          <Button variant="quiet" size="small" aria-expanded={whole} onClick={() => setWhole(!whole)}>
            {whole ? 'Show fewer changes' : 'Show all changes'}
          </Button>
        </div>
      )}
    </>
  );
}
