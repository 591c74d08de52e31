/** The two halves of an asset's page: the bench where a take is made, and the takes. Side by side if there is room, else as tabs. */
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { asProblem } from '../api/client.ts';
import type { Asset, Project, Version } from '../api/types.ts';
import { assetKeys } from '../features/assets/queries.ts';
import { Composer } from '../features/generations/composer.tsx';
import { startFrom } from '../features/generations/draft.ts';
import { generationsQuery, voicesQuery } from '../features/generations/queries.ts';
import { Requests } from '../features/generations/requests.tsx';
import { Backdrop } from '../features/generations/scriptEditor.tsx';
import { limitsQuery } from '../features/limits/queries.ts';
import { versionsQuery } from '../features/versions/queries.ts';
import { VersionList } from '../features/versions/versionList.tsx';
import { Failure, Note, Skeleton } from '../ui/state.tsx';
import styles from './assetWork.module.css';
import { usePlacesOf } from './placesOf.ts';
import { MoveBar, VersionActions, VersionBadges, VersionPanels } from './versionPanels.tsx';

type Tab = 'script' | 'versions';

interface AssetWorkProps {
  /** Who looks at it: drafts are each person's own. */
  person: string;
  asset: Asset;
  project: Project;
  selected: number | undefined;
  tab: Tab;
  onSelect: (number: number | undefined) => void;
  onTab: (tab: Tab) => void;
  onCompare: (ids: readonly string[]) => void;
}

export function AssetWork({ person, asset, project, selected, tab, onSelect, onTab, onCompare }: AssetWorkProps) {
  const client = useQueryClient();
  const voices = useQuery(voicesQuery);
  const generations = useQuery(generationsQuery(asset.id));
  const limits = useQuery(limitsQuery(project.id));
  const versions = useInfiniteQuery(versionsQuery(asset.id));
  const newest = versions.data?.pages[0]?.items[0];
  const last = generations.data?.items[0] ?? newest;
  const chosen = versions.data?.pages.flatMap((page) => page.items).find((one) => one.number === selected);
  const placesOf = usePlacesOf(person, chosen, onSelect);
  const mayGenerate = asset.can.includes('generation.request');
  const start = (version: Version) => {
    startFrom(person, version);
    onTab('script');
    document.querySelector<HTMLElement>('#script')?.focus();
  };
  const follow = () => {
    if (matchMedia('(max-width: 60rem)').matches) onTab('versions');
    document.querySelector('#versions')?.scrollIntoView({ block: 'nearest' });
  };
  const ready = voices.data && generations.data && versions.data;
  const failed = [voices, generations].find((query) => query.isError && !query.data);
  return (
    <div className={styles.work} data-tab={tab}>
      <Tabs tab={tab} count={asset.version_count} onTab={onTab} />
      <div className={styles.bench} data-panel="script">
        {!mayGenerate && <ReadOnly asset={asset} project={project} />}
        {mayGenerate && failed && (
          <Failure
            title="The editor could not be prepared"
            detail={asProblem(failed.error).message}
            onRetry={() => void failed.refetch()}
          />
        )}
        {mayGenerate && !ready && !failed && <Skeleton lines={8} label="Loading the editor" />}
        {mayGenerate && ready && (
          <Composer
            person={person}
            asset={asset}
            voices={voices.data}
            last={last}
            newest={newest}
            limits={limits.data}
            limitsLink={
              <Link to="/projects/$project/settings/limits" params={{ project: project.key }}>
                Limits
              </Link>
            }
            onGenerated={follow}
            onChanged={() => client.invalidateQueries({ queryKey: assetKeys.one(asset.id) })}
          />
        )}
      </div>
      <div data-panel="versions">
        <VersionList
          asset={asset}
          projectKey={project.key}
          voices={voices.data ?? []}
          selected={selected}
          onSelect={onSelect}
          onStart={mayGenerate ? start : undefined}
          onCompare={onCompare}
          renderBadges={(version, open) => <VersionBadges version={version} onOpen={open} />}
          renderActions={(version) => <VersionActions version={version} />}
          renderPanels={(version) => <VersionPanels version={version} />}
          renderTicked={(ticked, done) => <MoveBar versions={ticked} onDone={done} />}
          placesOf={placesOf}
        >
          <Requests generations={generations.data?.items ?? []} voices={voices.data ?? []} />
        </VersionList>
      </div>
    </div>
  );
}

function Tabs({ tab, count, onTab }: { tab: Tab; count: number; onTab: (tab: Tab) => void }) {
  return (
    <div className={styles.tabs} role="group" aria-label="Show">
      <button type="button" aria-pressed={tab === 'script'} onClick={() => onTab('script')}>
        Script
      </button>
      <button type="button" aria-pressed={tab === 'versions'} onClick={() => onTab('versions')}>
        Versions {count > 0 && <span>{count}</span>}
      </button>
    </div>
  );
}

function ReadOnly({ asset, project }: { asset: Asset; project: Project }) {
  return (
    <section aria-labelledby="newest-script" className={styles.readOnly}>
      <h2 id="newest-script">Script {asset.script && <span>{asset.script.number}, the newest</span>}</h2>
      {asset.script ? (
        // A long one scrolls by itself, with the keys too.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className={styles.script} tabIndex={0} role="region" aria-label={`Script ${asset.script.number}`}>
          <Backdrop text={asset.script.text} faults={[]} shown />
        </div>
      ) : (
        <p>No script has been written yet.</p>
      )}
      <Note tone="info">
        As {project.roles.join(', ')} in {project.name} you can read and listen. Authors write scripts and generate versions.
      </Note>
    </section>
  );
}
