/** How long ago, kept true while it is looked at; the full time in its title. */
import { useSyncExternalStore } from 'react';
import { ago, at } from './format.ts';

const MINUTE_MS = 60_000;

/** Once a minute is enough: below that it says "just now". */
export function eachMinute(tell: () => void) {
  const timer = setInterval(tell, MINUTE_MS / 4);
  return () => clearInterval(timer);
}

export function Ago({ time }: { time: string }) {
  const words = useSyncExternalStore(eachMinute, () => ago(time));
  return (
    <time dateTime={time} title={at(time)}>
      {words}
    </time>
  );
}
