/** The takes above each other with one transport, and the words of the one that is heard. */
import { useQuery } from '@tanstack/react-query';
import { useMemo, type ReactNode } from 'react';
import type { PreferencePage, Version, Voice } from '../../api/types.ts';
import type { Playhead } from '../../audio/playhead.ts';
import type { TakePlayer } from '../../audio/takes.ts';
import { Transcript } from '../../audio/transcript.tsx';
import { wordsQuery } from '../../audio/wordsQueries.ts';
import panel from '../../ui/panel.module.css';
import { versionName } from './names.ts';
import { DroppedRow } from './droppedRow.tsx';
import type { PlaceInTake } from './placeInTake.ts';
import styles from './listening.module.css';
import { TakeRow } from './takeRow.tsx';
import { Transport } from './transport.tsx';
import { useDeck } from './useDeck.ts';

interface ListeningProps {
  versions: readonly Version[];
  titles: ReadonlyMap<string, string>;
  voices: readonly Voice[];
  preferences: PreferencePage | undefined;
  renderComments: (version: Version, place: PlaceInTake) => ReactNode;
  onComment: (version: Version, atMs: number) => void;
}

/** The place of one take; the others have none. */
function headOf(player: TakePlayer | null, take: number): Playhead {
  return {
    position: () => (player?.active === take ? player.position() : -1),
    onPosition: (tell) => player?.onPosition(tell) ?? (() => undefined),
  };
}

export function Listening({ versions: all, titles, voices, preferences, renderComments, onComment }: ListeningProps) {
  const versions = all.filter(({ audio }) => !audio.dropped);
  const deck = useDeck(versions, (take, ms) => {
    const version = versions[take];
    if (version?.can.includes('comment.create')) onComment(version, ms);
  });
  const { player } = deck;
  const count = versions.length;
  const heads = useMemo(() => Array.from({ length: count }, (_, take) => headOf(player, take)), [player, count]);
  const active = versions[deck.active];
  return (
    // The keys belong to the panel: they act only while the focus is inside it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section className={panel.panel} aria-label="Listen" onKeyDown={deck.keys}>
      {count > 0 && <Transport deck={deck} />}
      <ol className={styles.takes}>
        {versions.map((version, take) => (
          <TakeRow
            key={version.id}
            version={version}
            take={take}
            name={versionName(version, titles)}
            voices={voices}
            deck={deck}
            head={heads[take] ?? headOf(null, take)}
            comments={renderComments(version, {
              hear: (ms) => deck.hear(take, ms),
              position: player && deck.active === take ? () => player.position() : null,
            })}
            count={preferences?.counts.find((one) => one.version_id === version.id)?.preferred}
          />
        ))}
        {all.map((version) => version.audio.dropped && <DroppedRow key={version.id} version={version} at={version.audio.dropped.at} name={versionName(version, titles)} voices={voices} />)}
      </ol>
      {active && heads[deck.active] && (
        <Words
          key={active.id}
          version={active}
          name={versionName(active, titles)}
          head={heads[deck.active] ?? headOf(null, 0)}
          onSeek={(ms) => deck.hear(deck.active, ms)}
          span={deck.looped}
          onSpan={(span) => deck.repeat(deck.active, span)}
          wanted={deck.state === 'ready'}
        />
      )}
      {count > 1 && (
        <p className={styles.hint}>
          <kbd>1</kbd>–<kbd>{count}</kbd> pass to a take at the same word, with <kbd>Shift</kbd> at the same second. <kbd>C</kbd> comments on it there. Drag over a waveform or over words to repeat them.
        </p>
      )}
    </section>
  );
}

interface WordsProps {
  version: Version;
  name: string;
  head: Playhead;
  onSeek: (ms: number) => void;
  span: { startMs: number; endMs: number } | null;
  onSpan: (span: { startMs: number; endMs: number } | null) => void;
  wanted: boolean;
}

function Words({ version, name, head, wanted, ...rest }: WordsProps) {
  const { data } = useQuery({ ...wordsQuery(version.id), enabled: wanted });
  if (!data) return null;
  if (data.words.length === 0) return <p className={styles.hint}>It is not known when each word of {name.toLowerCase()} is spoken, so takes are switched by the second.</p>;
  return <Transcript words={data.words} source={data.source} head={head} label={`Words of ${name}`} {...rest} />;
}
