/** What both the chosen voice and the list of voices show of one: how it sounds, and what it charges. */
import type { Voice } from '../../api/types.ts';
import { PlayButton } from '../../audio/playButton.tsx';
import { sampleTrack } from '../../audio/track.ts';
import styles from './voicePicker.module.css';

export function Sample({ voice }: { voice: Voice }) {
  const track = sampleTrack(voice);
  return track ? (
    <PlayButton track={track} name={`a sample of ${voice.name}`} />
  ) : (
    <span className={styles.silent} title="This voice has no sample" aria-hidden="true">
      –
    </span>
  );
}

/** What a voice charges; nothing for those that charge nothing. */
export function Price({ voice }: { voice: Voice }) {
  const { price_micros_per_1000_characters: micros, price_currency: currency } = voice;
  if (!micros || !currency) return null;
  const amount = new Intl.NumberFormat('en', { maximumFractionDigits: 6 }).format(micros / 1_000_000);
  return (
    <span className={styles.facts}>
      Charges {amount} {currency} per 1,000 characters
    </span>
  );
}
