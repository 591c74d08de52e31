/** That the audio of a version was dropped: when, by whom or by which policy, and what is left. */
import type { Version } from '../../api/types.ts';
import { Ago } from '../../ui/ago.tsx';
import { count } from '../../ui/format.ts';
import { Note } from '../../ui/state.tsx';

type Told = NonNullable<Version['audio']['dropped']>;

export function Dropped({ dropped }: { dropped: Told }) {
  return (
    <Note tone="info">
      <b>Audio dropped</b> <Ago time={dropped.at} />
      {why(dropped)} Script, measurements, waveform, words, captions and the record are kept.
    </Note>
  );
}

/** That it was dropped once and is back, because the very same audio was made again. */
export function Returned({ drops }: { drops: readonly Told[] }) {
  return drops.map((drop) => (
    <Note key={drop.at} tone="info">
      Its audio was dropped <Ago time={drop.at} />
      {why(drop)} It is back, for the very same audio was made again.
    </Note>
  ));
}

function why({ by, days, reason }: Told): string {
  if (days !== null) {
    const policy = ` by the policy: archived for more than ${days === 1 ? 'a day' : `${count(days)} days`}`;
    return `${policy}${by ? `, as ${by.name} set it` : ''}.`;
  }
  return `${by ? ` by ${by.name}` : ''}${reason ? `: ${reason.replace(/[.!?]?$/, '.')}` : '.'}`;
}
