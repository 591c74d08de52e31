/** Which delivery a voice can be asked for. */
import type { Delivery, Voice } from '../../api/types.ts';
import { DELIVERY_FIELDS } from '../../api/words.ts';

/** What a voice does unless told otherwise. */
export function defaults(voice: Voice): Partial<Delivery> {
  const out: Partial<Delivery> = {};
  if (voice.capabilities.tone !== 'ignored') out.tone = 'neutral';
  for (const field of DELIVERY_FIELDS) {
    const range = voice.capabilities[field];
    if (range.support !== 'ignored') out[field] = range.default;
  }
  return out;
}

/** `wanted` as far as this voice can follow: what it ignores is left out, what lies beyond its range is brought in. */
export function within(voice: Voice, wanted: Partial<Delivery>): Partial<Delivery> {
  const out = defaults(voice);
  if (out.tone !== undefined && wanted.tone !== undefined && voice.capabilities.tones.includes(wanted.tone)) out.tone = wanted.tone;
  for (const field of DELIVERY_FIELDS) {
    const range = voice.capabilities[field];
    const value = wanted[field];
    if (out[field] !== undefined && value !== undefined) out[field] = Math.min(Math.max(value, range.minimum), range.maximum);
  }
  return out;
}

export function same(left: Partial<Delivery>, right: Partial<Delivery>): boolean {
  return left.tone === right.tone && DELIVERY_FIELDS.every((field) => left[field] === right[field]);
}
