/** How it is spoken: only what the chosen voice can do; what it only comes near is marked so. */
import { useId } from 'react';
import type { Delivery, Voice } from '../../api/types.ts';
import { DELIVERY, DELIVERY_FIELDS } from '../../api/words.ts';
import { Button } from '../../ui/button.tsx';
import { plain } from '../../ui/format.ts';
import { defaults, same } from './delivery.ts';
import styles from './deliveryControls.module.css';

interface DeliveryControlsProps {
  voice: Voice;
  delivery: Partial<Delivery>;
  /** Whether any word of the script is marked for emphasis. */
  marked: boolean;
  onChange: (delivery: Partial<Delivery>) => void;
}

export function DeliveryControls({ voice, delivery, marked, onChange }: DeliveryControlsProps) {
  const usual = defaults(voice);
  const { capabilities } = voice;
  const shown = DELIVERY_FIELDS.filter((field) => capabilities[field].support !== 'ignored');
  return (
    <section className={styles.delivery} aria-label="Delivery">
      <header>
        <h2>Delivery</h2>
        {!same(delivery, usual) && (
          <Button variant="quiet" size="small" icon="retry" onClick={() => onChange(usual)}>
            Reset
          </Button>
        )}
      </header>
      {capabilities.tone !== 'ignored' && capabilities.tones.length > 1 && (
        <Tones voice={voice} tone={delivery.tone ?? 'neutral'} onChange={(tone) => onChange({ ...delivery, tone })} />
      )}
      <div className={styles.sliders}>
        {shown.map((field) => (
          <Slider
            key={field}
            field={field}
            range={capabilities[field]}
            value={delivery[field] ?? capabilities[field].default}
            note={field === 'emphasis' && !marked ? 'No word is marked yet' : null}
            onChange={(value) => onChange({ ...delivery, [field]: value })}
          />
        ))}
      </div>
    </section>
  );
}

function Tones({ voice, tone, onChange }: { voice: Voice; tone: string; onChange: (tone: string) => void }) {
  const { tones, tone: support } = voice.capabilities;
  return (
    <fieldset className={styles.tones}>
      <legend>Tone {support === 'approximate' && <Approximate />}</legend>
      <div>
        {tones.map((one) => (
          <label key={one}>
            <input type="radio" name="tone" value={one} checked={one === tone} onChange={() => onChange(one)} />
            {plain(one)}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Approximate() {
  return (
    <span className={styles.approximate} title="The voice has no such control of its own; the sound is altered to come near it">
      approximate
    </span>
  );
}

interface SliderProps {
  field: keyof typeof DELIVERY;
  range: Voice['capabilities']['speed'];
  value: number;
  note: string | null;
  onChange: (value: number) => void;
}

function Slider({ field, range, value, note, onChange }: SliderProps) {
  const id = useId();
  const { label, help, step, unit, digits } = DELIVERY[field];
  const bounds = { min: range.minimum, max: range.maximum, step };
  const set = (raw: string) => {
    const number = Number(raw);
    if (raw !== '' && Number.isFinite(number)) onChange(Math.min(Math.max(number, range.minimum), range.maximum));
  };
  return (
    <div className={styles.slider}>
      <label htmlFor={id} title={help}>
        {label} {range.support === 'approximate' && <Approximate />}
        {note && <span className={styles.note}>{note}</span>}
      </label>
      <input id={id} type="range" {...bounds} value={value} aria-valuetext={`${value}${unit}`} onChange={(event) => set(event.target.value)} />
      <span className={styles.number}>
        <input
          key={value}
          type="number"
          {...bounds}
          defaultValue={value.toFixed(digits)}
          aria-label={`${label}, as a number`}
          onBlur={(event) => set(event.target.value)}
          onKeyDown={(event) => event.key === 'Enter' && set(event.currentTarget.value)}
        />
        <span aria-hidden="true">{unit}</span>
      </span>
    </div>
  );
}
