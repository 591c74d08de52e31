/** The one player as the playhead of one track; it is nowhere while another has the player. */
import { player } from './player.ts';
import type { Playhead } from './playhead.ts';

export function trackHead(id: string): Playhead {
  return {
    position: () => (player.snapshot().track?.id === id ? player.position() : -1),
    onPosition: player.onPosition,
  };
}
