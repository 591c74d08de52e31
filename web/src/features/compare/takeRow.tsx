/** One of the takes: the button that passes to it, its waveform, who made it, when, how and why. */
import type { ReactNode } from 'react';
import type { Version, Voice } from '../../api/types.ts';
import { deliverySummary, voiceName } from '../../api/words.ts';
import type { Playhead } from '../../audio/playhead.ts';
import { Wave } from '../../audio/wave.tsx';
import { Ago } from '../../ui/ago.tsx';
import { StatusBadge } from '../../ui/badge.tsx';
import { clock } from '../../ui/format.ts';
import styles from './takeRow.module.css';
import type { Deck } from './useDeck.ts';

interface TakeRowProps {
  version: Version;
  take: number;
  name: string;
  voices: readonly Voice[];
  deck: Deck;
  head: Playhead;
  count: number | undefined;
  comments: ReactNode;
}

export function TakeRow({ version, take, name, voices, deck, head, count, comments }: TakeRowProps) {
  const active = deck.active === take;
  return (
    <li className={styles.take} data-active={active || undefined} aria-label={name}>
      <button
        type="button"
        className={styles.pick}
        aria-pressed={active}
        aria-keyshortcuts={String(take + 1)}
        onPointerEnter={() => deck.load()}
        onClick={(event) => deck.hear(take, undefined, event.shiftKey ? 'time' : deck.hold)}
      >
        <kbd aria-hidden="true">{take + 1}</kbd>
        <span>
          <span className={styles.hidden}>Listen to </span>
          {name}
        </span>
      </button>
      <div className={styles.about}>
        <StatusBadge status={version.status} />
        <span>
          {voiceName(voices, version.voice)} · {deliverySummary(version.delivery)}
        </span>
        <span>
          {version.created_by.name}, <Ago time={version.created_at} />
        </span>
        {count !== undefined && count > 0 && <span className={styles.count}>{count === 1 ? 'Preferred once' : `Preferred ${count} times`}, blind</span>}
      </div>
      {version.reason && <p className={styles.reason}>{version.reason}</p>}
      <div className={styles.sound}>
        <Wave
          version={version.id}
          durationMs={version.audio.duration_ms}
          label={`Position in ${name}`}
          head={head}
          onWarm={() => deck.load()}
          onSeek={(ms) => (deck.player ? seek(deck, take, ms) : deck.hear(take, ms))}
          onPlay={() => undefined}
          span={active ? deck.looped : null}
          onSpan={(span) => deck.repeat(take, span)}
        />
        <span className={styles.length}>{clock(version.audio.duration_ms)}</span>
      </div>
      <div className={styles.comments}>{comments}</div>
    </li>
  );
}

function seek(deck: Deck, take: number, ms: number) {
  deck.player?.switchTo(take, deck.hold);
  deck.player?.seek(ms);
}
