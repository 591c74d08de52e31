/** The list of keys, opened with `?` from any panel that plays. */
import { Dialog } from '../ui/dialog.tsx';
import styles from './shortcuts.module.css';

const GROUPS: readonly { where: string; keys: readonly (readonly [string, string])[] }[] = [
  {
    where: 'In a version or the player',
    keys: [
      ['Space', 'Play or pause'],
      ['← →', 'Back or ahead by 1 second'],
      ['Shift ← →', 'Back or ahead by 5 seconds'],
      ['Home End', 'To the beginning or the end (on the waveform)'],
      ['C', 'Comment at the playhead (in a version)'],
      ['?', 'This list'],
    ],
  },
  {
    where: 'In the list of reviews',
    keys: [
      ['J K', 'To the next or the previous review, as ↓ and ↑ do'],
      ['Space', 'Play or pause'],
      ['A', 'Approve'],
      ['R', 'Request changes'],
    ],
  },
  {
    where: 'Comparing takes',
    keys: [
      ['1 – 4', 'To that take, at the same word'],
      ['Shift 1 – 4', 'To that take, at the same second'],
      ['C', 'Comment on the take that is heard, at this place'],
      ['L', 'Repeat the chosen span, or stop repeating'],
      ['I O', 'Choose from here, or until here (on the waveform)'],
      ['Esc', 'Choose nothing'],
    ],
  },
  {
    where: 'In the words of a version',
    keys: [
      ['← →', 'From word to word, and Home and End to the first and the last'],
      ['↑ ↓', 'From line to line'],
      ['Enter', 'Play from this word'],
      ['Shift ← →', 'Choose several words, where a span can be chosen'],
    ],
  },
  {
    where: 'In the script',
    keys: [
      ['Ctrl E', 'Emphasise the selected words, or take the emphasis away (⌘ E on a Mac)'],
      ['Ctrl Enter', 'Generate (⌘ Enter on a Mac)'],
    ],
  },
];

export function Shortcuts({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard shortcuts" size="wide" onClose={onClose}>
      {/* It scrolls on a small screen, so the keys must be able to reach it. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className={styles.body} role="group" aria-label="Keys" tabIndex={0}>
        <div className={styles.groups}>
          {GROUPS.map((group) => (
            <section key={group.where}>
              <h3>{group.where}</h3>
              <dl>
                {group.keys.map(([key, does]) => (
                  <div key={key}>
                    <dt>
                      {key.split(' ').map((one) => (one === '–' ? '–' : <kbd key={one}>{one}</kbd>))}
                    </dt>
                    <dd>{does}</dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </div>
      </div>
    </Dialog>
  );
}
