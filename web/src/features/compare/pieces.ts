/** A difference as it is shown: of what did not change only what stands beside a change. */
import type { Comparison } from '../../api/types.ts';

type Piece = Comparison['script']['pieces'][number];

export interface Shown {
  readonly kind: Piece['kind'] | 'skipped';
  readonly text: string;
}

/** How many unchanged words stay visible beside a change. */
const CONTEXT_WORDS = 8;

export function shortened(pieces: readonly Piece[]): Shown[] {
  return pieces.flatMap((piece, index) => {
    if (piece.kind !== 'same') return [visible(piece)];
    const words = piece.text.split(/(?<=\s)(?=\S)/u);
    const head = index === 0 ? 0 : CONTEXT_WORDS;
    const tail = index === pieces.length - 1 ? 0 : CONTEXT_WORDS;
    if (words.length <= head + tail + 3) return [piece];
    const parts: Shown[] = [
      { kind: 'same', text: words.slice(0, head).join('') },
      { kind: 'skipped', text: words.slice(head, words.length - tail).join('') },
      { kind: 'same', text: tail > 0 ? words.slice(-tail).join('') : '' },
    ];
    return parts.filter(({ text }) => text !== '');
  });
}

/** Space that came or went would not be seen. */
export function visible({ kind, text }: Piece): Shown {
  if (kind === 'same' || text.trim() !== '') return { kind, text };
  return { kind, text: text.replaceAll(' ', '␣').replaceAll('\t', '⇥').replaceAll('\n', '↵\n') };
}
