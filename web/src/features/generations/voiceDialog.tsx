/** All voices to choose from, by maker and accent, each with a sample to hear. */
import { useId, useRef, useState, type KeyboardEvent } from 'react';
import type { Voice } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogFooter } from '../../ui/dialog.tsx';
import { Price, Sample } from './voiceFacts.tsx';
import { grouped, matching, type VoiceGroup } from './voiceGroups.ts';
import styles from './voicePicker.module.css';

/** So many are seen at once. */
const FEW = 6;

interface VoiceDialogProps {
  voices: readonly Voice[];
  chosen: Voice;
  onChoose: (voice: Voice) => void;
  onClose: () => void;
}

export function VoiceDialog({ voices, chosen, onChoose, onClose }: VoiceDialogProps) {
  const [picked, setPicked] = useState(chosen);
  const [query, setQuery] = useState('');
  const list = useRef<HTMLDivElement>(null);
  const found = matching(voices, query);
  const done = () => {
    onChoose(picked);
    onClose();
  };
  const enterList = (event: KeyboardEvent) => {
    const [first] = found;
    if (!first || (event.key !== 'Enter' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    if (!found.includes(picked)) setPicked(first);
    const radios = [...(list.current?.querySelectorAll('input') ?? [])];
    (radios.find((one) => one.checked) ?? radios[0])?.focus();
  };
  return (
    <Dialog title="Choose a voice" size="wide" onClose={onClose}>
      <div className={styles.dialog}>
        {voices.length > FEW && (
          <input
            type="search"
            className={styles.search}
            aria-label="Search voices"
            placeholder="Name, accent, man, woman, high, low…"
            onChange={(event) => setQuery(event.target.value)}
            onKeyDown={enterList}
          />
        )}
        <div className={styles.voices} ref={list}>
          {grouped(found).map((group) => (
            <Group key={group.id} group={group} picked={picked} onPick={setPicked} />
          ))}
        </div>
        <p className={styles.none} role="status" hidden={found.length > 0}>
          {found.length === 0 && `No voice matches “${query.trim()}”.`}
        </p>
        <DialogFooter>
          <Button variant="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button variant="primary" onClick={done}>
            Use {picked.name}
          </Button>
        </DialogFooter>
      </div>
    </Dialog>
  );
}

function Group({ group, picked, onPick }: { group: VoiceGroup; picked: Voice; onPick: (voice: Voice) => void }) {
  const id = useId();
  return (
    <section role="group" aria-labelledby={id}>
      <h3 id={id} className={styles.group}>
        {group.language}
        <span>{`${group.provider} · licence ${group.licence}`}</span>
      </h3>
      <ul>
        {group.voices.map((voice) => (
          <li key={voice.id} data-picked={picked.id === voice.id || undefined}>
            <Sample voice={voice} />
            <label>
              <span className={styles.text}>
                <strong>{voice.name}</strong>
                <span className={styles.about}>{voice.description}</span>
                <Price voice={voice} />
              </span>
              <input
                type="radio"
                name="voice"
                checked={picked.id === voice.id}
                onChange={() => onPick(voice)}
                aria-label={voice.name}
                ref={(radio) => {
                  if (radio?.checked) radio.closest('li')?.scrollIntoView({ block: 'nearest' });
                }}
              />
            </label>
          </li>
        ))}
      </ul>
    </section>
  );
}
