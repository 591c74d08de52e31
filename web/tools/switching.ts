/**
 * Where the player lands when takes are switched by words that were timed afterwards: `node tools/switching.ts pairs.json` prints for
 * each switch how far from the beginning of the same word, as its voice told it, ms. Run by `python -m bench switching`.
 */
import { readFile } from 'node:fs/promises';
import { ENTRY_MS, SameWords } from '../src/audio/sameWord.ts';
import type { Word } from '../src/audio/playhead.ts';

interface Take {
  durationMs: number;
  /** As the voice told them, and as the player has them. */
  told: Word[];
  words: Word[];
}

const pairs = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8')) as [Take, Take][];
const errors = pairs.flatMap(([left, right]) => {
  const same = new SameWords([left, right]);
  return [0, 1].flatMap((from) => {
    const [here, there] = from === 0 ? [left, right] : [right, left];
    return here.told.map((word, index) => {
      const landed = same.place(from, 1 - from, (word.startMs + word.endMs) / 2);
      return Math.round(Math.abs(landed + ENTRY_MS - (there.told[index]?.startMs ?? 0)));
    });
  });
});
console.log(JSON.stringify(errors));
