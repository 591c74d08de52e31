/** Play, speed, loudness, and how one take passes to another. */
import { Button } from '../../ui/button.tsx';
import { clock } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { Note } from '../../ui/state.tsx';
import type { Hold } from '../../audio/takes.ts';
import styles from './transport.module.css';
import type { Deck } from './useDeck.ts';

const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2];

interface TransportProps {
  deck: Deck;
  /** While nobody is to know which take it is: neither how long it is, nor how loud it was made. */
  blind?: boolean;
}

export function Transport({ deck, blind = false }: TransportProps) {
  const { state, playing, position, looped } = deck;
  const busy = state === 'loading';
  return (
    <>
      <div className={styles.transport}>
        <button
          type="button"
          className={styles.play}
          aria-label={playing ? 'Pause' : 'Play'}
          data-loading={busy || undefined}
          onPointerEnter={() => deck.load()}
          onFocus={() => deck.load()}
          onClick={deck.toggle}
        >
          <Icon name={playing ? 'pause' : 'play'} />
        </button>
        {!blind && <span className={styles.clock}>{clock(position)}</span>}
        <label>
          <span>Speed</span>
          <select value={deck.speed} onChange={(event) => deck.setSpeed(Number(event.target.value))}>
            {SPEEDS.map((one) => (
              <option key={one} value={one}>
                {one}×
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>Switch at the same</span>
          <select value={deck.hold} onChange={(event) => deck.setHold(event.target.value as Hold)}>
            <option value="word">word</option>
            <option value="time">second</option>
          </select>
        </label>
        {!blind && (
          <label title="So that the louder one does not win by being louder">
            <input type="checkbox" checked={deck.equal} onChange={(event) => deck.setEqual(event.target.checked)} />
            <span>Equally loud</span>
          </label>
        )}
        {looped && (
          <Button size="small" icon="retry" onClick={() => deck.repeat(deck.active, null)}>
            {blind ? 'Stop repeating' : `Repeats ${clock(looped.startMs)} to ${clock(looped.endMs)}: stop`}
          </Button>
        )}
      </div>
      {state === 'failed' && (
        <Note tone="bad" live action={<Button size="small" onClick={() => deck.load('play')}>Try again</Button>}>
          {deck.error}
        </Note>
      )}
    </>
  );
}
