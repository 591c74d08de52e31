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
      ['?', 'This list'],
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
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      <div className={styles.body}>
        {GROUPS.map((group) => (
          <section key={group.where}>
            <h3>{group.where}</h3>
            <dl>
              {group.keys.map(([key, does]) => (
                <div key={key}>
                  <dt>
                    {key.split(' ').map((one) => (
                      <kbd key={one}>{one}</kbd>
                    ))}
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
