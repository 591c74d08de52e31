/** How the API's values read to people. */
import type { Delivery, Voice } from './types.ts';

export type DeliveryField = keyof Delivery;

interface Word {
  readonly label: string;
  readonly help: string;
  readonly step: number;
  readonly unit: string;
  readonly digits: number;
}

/** The delivery fields that are numbers, in the order they are shown. */
export const DELIVERY: Record<Exclude<DeliveryField, 'tone'>, Word> = {
  speed: { label: 'Speed', help: 'How fast it is spoken; 1 is the voice’s own pace', step: 0.05, unit: '×', digits: 2 },
  emphasis: { label: 'Emphasis', help: 'How strongly the *marked* words stand out', step: 0.1, unit: '×', digits: 1 },
  pitch: { label: 'Pitch', help: 'Higher or lower, in semitones', step: 0.5, unit: ' st', digits: 1 },
  sentence_gap_ms: { label: 'Sentence gap', help: 'The silence between two sentences', step: 50, unit: ' ms', digits: 0 },
};

export const DELIVERY_FIELDS = Object.keys(DELIVERY) as (keyof typeof DELIVERY)[];

export function deliveryLabel(field: string): string {
  return field in DELIVERY ? DELIVERY[field as keyof typeof DELIVERY].label : field.charAt(0).toUpperCase() + field.slice(1);
}

/** `1.05×`, `+0.5 st`, `warm`. */
export function deliveryValue(field: string, value: unknown): string {
  if (typeof value !== 'number' || !(field in DELIVERY)) return String(value);
  const { unit, digits } = DELIVERY[field as keyof typeof DELIVERY];
  const sign = field === 'pitch' && value > 0 ? '+' : '';
  return `${sign}${value.toFixed(digits).replace('-', '−')}${unit}`;
}

/** What differs from plain speech, in a line: `warm, 0.95×`. */
export function deliverySummary(delivery: Delivery): string {
  const plain: Omit<Delivery, 'tone'> = { speed: 1, emphasis: 1, pitch: 0, sentence_gap_ms: 250 };
  const parts = DELIVERY_FIELDS.filter((field) => delivery[field] !== plain[field]).map((field) =>
    field === 'emphasis' ? `emphasis ${deliveryValue(field, delivery[field])}` : deliveryValue(field, delivery[field]),
  );
  return [delivery.tone, ...parts].join(', ');
}

/** A voice's name; its id if it is no longer offered. */
export function voiceName(voices: readonly Voice[], id: string): string {
  return voices.find((voice) => voice.id === id)?.name ?? id;
}
