/** What changed since the version this one was built on: words, voice, delivery. */
import { useQuery } from '@tanstack/react-query';
import type { Version, Voice } from '../../api/types.ts';
import { deliveryLabel, deliveryValue, voiceName } from '../../api/words.ts';
import { Skeleton } from '../../ui/state.tsx';
import styles from './changes.module.css';
import { versionQuery } from './queries.ts';
import { wordDiff } from './wordDiff.ts';

interface ChangesProps {
  version: Version;
  /** The parent, if the list has it already. */
  parent: Version | undefined;
  voices: readonly Voice[];
  language: string;
}

export function Changes({ version, parent, voices, language }: ChangesProps) {
  const { changes } = version;
  if (!changes) return null;
  const settings = [
    ...(changes.voice ? [{ label: 'Voice', from: voiceName(voices, changes.voice[0] ?? ''), to: voiceName(voices, changes.voice[1] ?? '') }] : []),
    ...changes.delivery.map(({ field, from, to }) => ({
      label: deliveryLabel(field),
      from: deliveryValue(field, from),
      to: deliveryValue(field, to),
    })),
  ];
  return (
    <section className={styles.changes} aria-label={`What changed since version ${changes.parent_number}`}>
      <h4>Changed since v{changes.parent_number}</h4>
      {changes.script && <ScriptChange version={version} parent={parent} language={language} />}
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

function ScriptChange({ version, parent, language }: Pick<ChangesProps, 'version' | 'parent' | 'language'>) {
  const fetched = useQuery({ ...versionQuery(version.parent_version_id ?? ''), enabled: !parent && Boolean(version.parent_version_id) });
  const before = parent ?? fetched.data;
  if (fetched.isError) return <p className={styles.none}>The script (the earlier wording could not be loaded).</p>;
  if (!before) return <Skeleton lines={2} label="Loading the earlier wording" />;
  return <Diff from={before.script.text} to={version.script.text} language={language} />;
}

export function Diff({ from, to, language }: { from: string; to: string; language: string }) {
  return (
    <p className={styles.diff}>
      {wordDiff(from, to, language).map((piece, index) => {
        if (piece.kind === 'removed') return <del key={index}>{piece.text}</del>;
        if (piece.kind === 'added') return <ins key={index}>{piece.text}</ins>;
        if (piece.kind === 'same') return <span key={index}>{piece.text}</span>;
        return (
          <span key={index} className={styles.skipped} title={piece.text}>
            {' … '}
          </span>
        );
      })}
    </p>
  );
}
