/** What a version's audio is examined for, in the order it is shown. */
import type { CheckName, Severity } from './types.ts';

/** Each check's name, and what it finds in a line. */
export const CHECKS: Record<CheckName, readonly [string, string]> = {
  clipping: ['Clipping', 'Samples cut flat at the limit of the scale, which crackle'],
  silence_before: ['Silence before', 'More silence before the first word than the script asks for'],
  silence_after: ['Silence after', 'More silence after the last word than the script asks for'],
  pause: ['Pauses', 'A long pause within speech that the script does not ask for'],
  cut_off: ['Cut off', 'Audio that ends while something still sounds'],
  pace: ['Pace', 'Speech far faster or slower than this voice usually speaks'],
  loudness: ['Loudness', 'Audio much quieter or louder than is usual'],
  true_peak: ['True peak', 'Peaks so high that a codec may distort them'],
  say_back: ['Say-back', 'Words that a recogniser hears otherwise than the script has them'],
};

export const CHECK_NAMES = Object.keys(CHECKS) as CheckName[];

/** What a finding does. */
export const SEVERITIES: Record<Severity, readonly [string, string]> = {
  off: ['Off', 'Not shown'],
  warn: ['Warn', 'Shown, and the version can go on'],
  block: ['Block', 'Keeps the version from review, unless it is waived'],
};
