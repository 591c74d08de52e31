/** The chosen voice, and the dialog to choose another: who it is, under which licence, and how it sounds. */
import { useState } from 'react';
import type { Voice } from '../../api/types.ts';
import { languageName } from '../../api/languages.ts';
import { PlayButton } from '../../audio/playButton.tsx';
import { sampleTrack } from '../../audio/track.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogFooter } from '../../ui/dialog.tsx';
import styles from './voicePicker.module.css';

interface VoicePickerProps {
  voices: readonly Voice[];
  chosen: Voice;
  onChoose: (voice: Voice) => void;
}

export function VoicePicker({ voices, chosen, onChoose }: VoicePickerProps) {
  const [open, setOpen] = useState(false);
  return (
    <section className={styles.picker} aria-label="Voice">
      <Sample voice={chosen} />
      <Description voice={chosen} />
      {voices.length > 1 && <Button onClick={() => setOpen(true)}>Change voice</Button>}
      {open && <VoiceDialog voices={voices} chosen={chosen} onChoose={onChoose} onClose={() => setOpen(false)} />}
    </section>
  );
}

function Sample({ voice }: { voice: Voice }) {
  const track = sampleTrack(voice);
  return track ? (
    <PlayButton track={track} name={`a sample of ${voice.name}`} />
  ) : (
    <span className={styles.silent} title="This voice has no sample" aria-hidden="true">
      –
    </span>
  );
}

function Description({ voice }: { voice: Voice }) {
  return (
    <div className={styles.text}>
      <strong>{voice.name}</strong>
      <span className={styles.facts}>
        {languageName(voice.language)} · {voice.provider} · licence {voice.licence}
      </span>
      <span className={styles.about}>{voice.description}</span>
      <Price voice={voice} />
    </div>
  );
}

/** What a voice charges; nothing for those that charge nothing. */
function Price({ voice }: { voice: Voice }) {
  const { price_micros_per_1000_characters: micros, price_currency: currency } = voice;
  if (!micros || !currency) return null;
  const amount = new Intl.NumberFormat('en', { maximumFractionDigits: 6 }).format(micros / 1_000_000);
  return (
    <span className={styles.facts}>
      Charges {amount} {currency} per 1,000 characters
    </span>
  );
}

interface VoiceDialogProps extends VoicePickerProps {
  onClose: () => void;
}

function VoiceDialog({ voices, chosen, onChoose, onClose }: VoiceDialogProps) {
  const [picked, setPicked] = useState(chosen);
  const [query, setQuery] = useState('');
  const wanted = query.trim().toLowerCase();
  const matching = voices.filter((one) =>
    `${one.name} ${one.description} ${one.provider} ${languageName(one.language)}`.toLowerCase().includes(wanted),
  );
  const done = () => {
    onChoose(picked);
    onClose();
  };
  return (
    <Dialog title="Choose a voice" size="wide" onClose={onClose}>
      <div className={styles.dialog}>
        {voices.length > 6 && (
          <input
            type="search"
            className={styles.search}
            aria-label="Search voices"
            placeholder="Search by name, language or description"
            onChange={(event) => setQuery(event.target.value)}
          />
        )}
        <ul className={styles.voices}>
          {matching.map((voice) => (
            <li key={voice.id} data-picked={picked.id === voice.id || undefined}>
              <Sample voice={voice} />
              <label>
                <Description voice={voice} />
                <input type="radio" name="voice" checked={picked.id === voice.id} onChange={() => setPicked(voice)} aria-label={voice.name} />
              </label>
            </li>
          ))}
        </ul>
        {matching.length === 0 && <p className={styles.none}>No voice matches “{query}”.</p>}
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
