/** The way out, be it that somebody signs out or that the session has ended. */
import type { AnyRouter } from '@tanstack/react-router';
import { nowPlaying } from '../audio/playing.ts';
import { forgetAnswers } from '../features/session/queries.ts';
import { clearToasts } from '../ui/toast.tsx';
import { queryClient } from './queryClient.ts';

/** Silence, the sign-in screen, and nothing left of what this person was told. `next`: where to go on after signing in. */
export async function leave(router: AnyRouter, next?: string): Promise<void> {
  if (nowPlaying().track) void import('../audio/player.ts').then(({ player }) => player.close());
  clearToasts();
  await router.navigate({ to: '/sign-in', ...(next !== undefined && { search: { next }, replace: true }) });
  forgetAnswers(queryClient); // not before: the screens of the inside would ask again
}
