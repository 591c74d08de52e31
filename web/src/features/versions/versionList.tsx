/** The versions of an asset, newest first. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { asProblem } from '../../api/client.ts';
import type { Asset, Version, Voice } from '../../api/types.ts';
import type { Places } from '../../audio/waveform.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty, Failure, Skeleton } from '../../ui/state.tsx';
import { CompareBar } from './comparing.tsx';
import { versionsQuery } from './queries.ts';
import { VersionCard } from './versionCard.tsx';
import styles from './versionList.module.css';

interface VersionListProps {
  asset: Asset;
  projectKey: string;
  voices: readonly Voice[];
  /** The number of the version whose details are open. */
  selected: number | undefined;
  onSelect: (number: number | undefined) => void;
  onStart: ((version: Version) => void) | undefined;
  onCompare: (ids: readonly string[]) => void;
  /** Buttons and panels of one version that other features bring. */
  renderBadges: (version: Version, open: () => void) => ReactNode;
  renderActions: (version: Version) => ReactNode;
  renderPanels: (version: Version) => ReactNode;
  /** What can be done with those that are ticked; `onDone` takes the ticks away. */
  renderTicked: (versions: readonly Version[], onDone: () => void) => ReactNode;
  /** What is chosen and noted on a version's waveform. */
  placesOf: (version: Version) => Places;
  /** What is on its way to becoming a version. */
  children: ReactNode;
}

export function VersionList(props: VersionListProps) {
  const { asset, projectKey, voices, selected, onSelect, onStart, onCompare, children } = props;
  const [ticked, setTicked] = useState<readonly string[]>([]);
  const comparing = { ticked, onTick: setTicked, onCompare };
  const list = useInfiniteQuery(versionsQuery(asset.id));
  const versions = list.data?.pages.flatMap((page) => page.items) ?? [];
  const problem = list.isError && versions.length === 0 ? asProblem(list.error) : null;
  return (
    <section aria-labelledby="versions" className={styles.list}>
      <h2 id="versions">
        Versions {asset.version_count > 0 && <span>{asset.version_count}</span>}
      </h2>
      {children}
      {problem && <Failure title={problem.title} detail={problem.message} onRetry={() => void list.refetch()} />}
      {list.isPending && <Skeleton lines={6} label="Loading the versions" />}
      {list.isSuccess && versions.length === 0 && (
        <div className={styles.empty}>
          <Empty title="No version yet">
            {onStart ? 'Write the script, choose a voice, and press Generate. Each take is kept here.' : 'Nothing has been generated for this asset.'}
          </Empty>
        </div>
      )}
      {versions.map((version) => (
        <VersionCard
          key={version.id}
          version={version}
          asset={asset}
          projectKey={projectKey}
          voices={voices}
          selected={version.number === selected}
          onSelect={(open) => onSelect(open ? version.number : undefined)}
          onStart={onStart && (() => onStart(version))}
          comparing={comparing}
          badges={props.renderBadges(version, () => onSelect(version.number))}
          actions={props.renderActions(version)}
          panels={props.renderPanels(version)}
          places={props.placesOf(version)}
        />
      ))}
      <CompareBar {...comparing}>
        {props.renderTicked(
          versions.filter(({ id }) => ticked.includes(id)),
          () => setTicked([]),
        )}
      </CompareBar>
      {list.hasNextPage && (
        <Button onClick={() => void list.fetchNextPage()} busy={list.isFetchingNextPage}>
          Show older versions
        </Button>
      )}
    </section>
  );
}
