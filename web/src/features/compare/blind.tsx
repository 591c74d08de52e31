/** The takes without their names, in an order nobody knows, until one has said which is best. */
import { useState } from 'react';
import type { Preference, Version, Voice } from '../../api/types.ts';
import { voiceName } from '../../api/words.ts';
import { Button } from '../../ui/button.tsx';
import { Note } from '../../ui/state.tsx';
import styles from './blind.module.css';
import { BlindForm } from './blindForm.tsx';
import { BlindPlace } from './blindPlace.tsx';
import { LETTERS, versionName } from './names.ts';
import { shuffled } from './shuffle.ts';
import { Transport } from './transport.tsx';
import { useDeck } from './useDeck.ts';

interface BlindProps {
  project: string;
  versions: readonly Version[];
  titles: ReadonlyMap<string, string>;
  voices: readonly Voice[];
  onEnd: () => void;
}

export function Blind({ project, versions, titles, voices, onEnd }: BlindProps) {
  const [order] = useState(() => shuffled(versions));
  const [result, setResult] = useState<Preference | 'unsaid' | null>(null);
  const deck = useDeck(order);
  const [played, setPlayed] = useState<ReadonlySet<number>>(new Set());
  if (deck.playing && !played.has(deck.active)) setPlayed(new Set([...played, deck.active]));
  const unheard = LETTERS.slice(0, order.length).filter((_, take) => !played.has(take));
  const mayPrefer = order.every((version) => version.can.includes('version.prefer'));
  return (
    // The keys belong to the panel: they act only while the focus is inside it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section className={styles.blind} aria-label="Blind comparison" onKeyDown={deck.keys}>
      <header>
        <h2>Which is best?</h2>
        <p>All are equally loud, in an order made by chance. {mayPrefer ? 'You see which is which once you have chosen.' : ''}</p>
      </header>
      <Transport deck={deck} blind />
      <ul className={styles.takes} aria-label="Takes">
        {order.map((version, take) => (
          <li key={LETTERS[take]}>
            <button
              type="button"
              className={styles.letter}
              aria-pressed={deck.active === take}
              aria-keyshortcuts={String(take + 1)}
              onClick={(event) => deck.hear(take, undefined, event.shiftKey ? 'time' : deck.hold)}
            >
              <span className={styles.hidden}>Listen to </span>
              {LETTERS[take]}
              <kbd aria-hidden="true">{take + 1}</kbd>
            </button>
            {result && <Revealed name={versionName(version, titles)} version={version} voices={voices} best={result !== 'unsaid' && result.preferred_id === version.id} />}
          </li>
        ))}
      </ul>
      <BlindPlace player={deck.player} onSeek={(part) => deck.player?.seek(part * deck.player.durationMs())} />
      {!result && mayPrefer && <BlindForm project={project} order={order} unheard={unheard} onPreferred={setResult} />}
      {!result && !mayPrefer && <Note tone="info">In your role you can listen, but not say which is best.</Note>}
      {result && result !== 'unsaid' && <p role="status">{result.preferred_id ? 'Your preference is recorded.' : 'That you hear no difference that matters is recorded.'}</p>}
      <footer>
        {!result && (
          <Button variant="quiet" onClick={() => setResult('unsaid')}>
            {mayPrefer ? 'Show without choosing' : 'Show which is which'}
          </Button>
        )}
        <Button variant={result ? 'primary' : 'quiet'} onClick={onEnd}>
          {result ? 'Back to the comparison' : 'End blind comparison'}
        </Button>
      </footer>
    </section>
  );
}

function Revealed({ name, version, voices, best }: { name: string; version: Version; voices: readonly Voice[]; best: boolean }) {
  return (
    <p className={styles.revealed} data-best={best || undefined}>
      <strong>{name}</strong>
      <span>{voiceName(voices, version.voice)}</span>
      {best && <span>✓ your choice</span>}
    </p>
  );
}
