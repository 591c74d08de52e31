/** Two to four versions side by side: to hear, to read, to measure, and to judge blind. */
import { useQueries, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Project, Version, Voice } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { Note } from '../../ui/state.tsx';
import { PageTitle } from '../../ui/pageTitle.tsx';
import panel from '../../ui/panel.module.css';
import { Blind } from './blind.tsx';
import styles from './compare.module.css';
import { Differences } from './differences.tsx';
import { Figures } from './figures.tsx';
import { Listening } from './listening.tsx';
import { versionName } from './names.ts';
import { Picker } from './picker.tsx';
import type { PlaceInTake } from './placeInTake.ts';
import { Preferences } from './preferences.tsx';
import { compareQuery, preferencesQuery } from './queries.ts';

interface CompareProps {
  project: Project;
  versions: readonly Version[];
  /** The one the others are compared with; the first if it is none of them. */
  base: string | undefined;
  onBase: (id: string) => void;
  blind: boolean;
  onBlind: (blind: boolean) => void;
  voices: readonly Voice[];
  onChoose: (ids: readonly string[]) => void;
  /** What was said of a take, and a place to say more. */
  renderComments: (version: Version, place: PlaceInTake) => ReactNode;
  /** Begins a comment at a moment of a take. */
  onComment: (version: Version, atMs: number) => void;
}

export function Compare({ project, versions, base, onBase, blind, onBlind, voices, onChoose, renderComments, onComment }: CompareProps) {
  const first = versions.find(({ id }) => id === base) ?? versions[0];
  const others = versions.filter((version) => version !== first);
  const pairs = useQueries({ queries: others.map((version) => compareQuery(first?.id ?? '', version.id)) });
  const preferences = useQuery(preferencesQuery(project.id, versions.map((version) => version.id)));
  const assets = pairs.flatMap(({ data }) => (data ? [data.left.asset, data.right.asset] : []));
  const titles: ReadonlyMap<string, string> = new Map(assets.map(({ id, title }) => [id, title]));
  const audible = versions.filter(({ audio }) => !audio.dropped);
  if (!first) return null;
  if (blind && audible.length > 1) {
    return (
      <>
        <header className={styles.head}>
          <PageTitle>Compare versions blind</PageTitle>
        </header>
        <Blind project={project.id} versions={audible} titles={titles} voices={voices} onEnd={() => onBlind(false)} />
      </>
    );
  }
  return (
    <>
      <header className={styles.head}>
        <PageTitle>Compare versions</PageTitle>
        <Picker project={project} chosen={versions} titles={titles} onChoose={onChoose} />
        {audible.length > 1 && (
          <Button onClick={() => onBlind(true)} title="Hides which is which, and records what you prefer">
            Compare blind
          </Button>
        )}
      </header>
      {titles.size > 1 && <Note tone="info">These versions are of different assets, so they say different words.</Note>}
      <Listening versions={versions} titles={titles} voices={voices} preferences={preferences.data} renderComments={renderComments} onComment={onComment} />
      <section className={panel.panel} aria-labelledby="words">
        <h2 id="words">Words</h2>
        <div className={styles.pairs} data-count={others.length}>
          {others.map((version) => (
            <Differences key={version.id} base={first} version={version} baseName={versionName(first, titles)} name={versionName(version, titles)} />
          ))}
        </div>
        {others.length > 1 && (
          <div className={styles.bases}>
            <span>Compared with</span>
            {versions.map((version) => (
              <Button
                key={version.id}
                size="small"
                aria-pressed={version === first}
                onClick={() => onBase(version.id)}
              >
                {versionName(version, titles)}
              </Button>
            ))}
          </div>
        )}
      </section>
      <section className={panel.panel} aria-labelledby="figures">
        <h2 id="figures">Delivery and measurements</h2>
        <Figures versions={[first, ...others]} titles={titles} voices={voices} />
      </section>
      {preferences.data && (
        <div className={panel.panel}>
          <Preferences page={preferences.data} versions={versions} titles={titles} />
        </div>
      )}
    </>
  );
}
