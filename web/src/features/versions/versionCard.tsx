/** One version: hear it, see what it is and what changed, take it or go on from it. */
import { useEffect, useRef, type ReactNode } from 'react';
import type { Asset, Version, Voice } from '../../api/types.ts';
import { deliverySummary, voiceName } from '../../api/words.ts';
import { versionTrack } from '../../audio/track.ts';
import { playerKeys } from '../../audio/playerKeys.ts';
import type { Places } from '../../audio/waveform.tsx';
import { Ago } from '../../ui/ago.tsx';
import { StatusBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Note } from '../../ui/state.tsx';
import { Changes } from './changes.tsx';
import { Tick, type Comparing } from './comparing.tsx';
import { Details } from './details.tsx';
import { Downloads } from './downloads.tsx';
import { Figures } from './figures.tsx';
import { Sound } from './sound.tsx';
import { ChangesRequested, OpenComments } from './standing.tsx';
import styles from './versionCard.module.css';

interface VersionCardProps {
  version: Version;
  asset: Asset;
  projectKey: string;
  voices: readonly Voice[];
  selected: boolean;
  onSelect: (selected: boolean) => void;
  /** Absent for those who may not generate. */
  onStart: (() => void) | undefined;
  comparing: Comparing;
  /** How it stands, at a glance. */
  badges?: ReactNode;
  /** What may be done with it in its life: buttons. */
  actions: ReactNode;
  /** What people and checks say of it; shown before its details, which hardly anybody needs. */
  panels: ReactNode;
  /** What is chosen and noted on its waveform. */
  places?: Places;
}

export function VersionCard({ version, asset, projectKey, voices, selected, onSelect, onStart, comparing, badges, actions, panels, places }: VersionCardProps) {
  const card = useRef<HTMLElement>(null);
  const chosenAtFirst = useRef(selected);
  useEffect(() => {
    if (chosenAtFirst.current) card.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  const voice = voiceName(voices, version.voice);
  const { dropped } = version.audio;
  const track = versionTrack({
    id: version.id,
    number: version.number,
    durationMs: version.audio.duration_ms,
    assetId: asset.id,
    assetTitle: asset.title,
    projectKey,
    voice,
  });
  return (
    // The keys belong to the panel: they act only while the focus is inside it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <article
      ref={card}
      className={styles.card}
      data-selected={selected || undefined}
      aria-labelledby={`v-${version.id}`}
      onKeyDown={dropped ? undefined : playerKeys(track, places?.onComment)}
    >
      <header>
        <h3 id={`v-${version.id}`}>
          <span className={styles.hidden}>Version </span>
          <span aria-hidden="true">v</span>
          {version.number}
        </h3>
        <StatusBadge status={version.status} />
        {badges}
        <OpenComments version={version} onOpen={() => onSelect(true)} />
        {version.reason && <p className={styles.reason}>{version.reason}</p>}
        <Ago time={version.created_at} />
        <Tick version={version} comparing={comparing} />
      </header>
      <ChangesRequested version={version} />
      <Sound version={version} track={track} places={places} />
      <p className={styles.who}>
        {version.created_by.name} · {voice} · {deliverySummary(version.delivery)}
      </p>
      {version.unspoken.length > 0 && (
        <Note tone="warn">
          Not spoken, because no voice can say {version.unspoken.length === 1 ? 'it' : 'them'}: {version.unspoken.join(' ')}
        </Note>
      )}
      <Changes version={version} voices={voices} language={asset.language} />
      <Figures version={version} />
      <footer>
        {actions}
        {onStart && (
          <Button size="small" icon="start" onClick={onStart} title="Loads its script, voice and delivery into the editor">
            Use as a starting point
          </Button>
        )}
        {version.changes && (
          <Button size="small" onClick={() => version.changes && comparing.onCompare([version.changes.parent_id, version.id])}>
            Compare with v{version.changes.parent_number}
          </Button>
        )}
        <Downloads version={version} />
        <Button variant="quiet" size="small" aria-expanded={selected} onClick={() => onSelect(!selected)}>
          {selected ? 'Less' : 'Details'}
        </Button>
      </footer>
      {selected && panels}
      {selected && <Details version={version} language={asset.language} />}
    </article>
  );
}
