/** The chosen voice: who it is, under which licence, how it sounds, and the way to another. */
import { useState } from 'react';
import { languageName } from '../../api/languages.ts';
import type { Voice } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { VoiceDialog } from './voiceDialog.tsx';
import { Price, Sample } from './voiceFacts.tsx';
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
      <div className={styles.text}>
        <strong>{chosen.name}</strong>
        <span className={styles.facts}>
          {languageName(chosen.language)} · {chosen.provider} · licence {chosen.licence}
        </span>
        <span className={styles.about}>{chosen.description}</span>
        <Price voice={chosen} />
      </div>
      {voices.length > 1 && <Button onClick={() => setOpen(true)}>Change voice</Button>}
      {open && <VoiceDialog voices={voices} chosen={chosen} onChoose={onChoose} onClose={() => setOpen(false)} />}
    </section>
  );
}
