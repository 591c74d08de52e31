/** Which versions stand side by side: each can be replaced or taken away, and one more added, of the same asset or of another. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Project, Version } from '../../api/types.ts';
import { IconButton } from '../../ui/button.tsx';
import { shortName } from './names.ts';
import { OtherAsset } from './otherAsset.tsx';
import styles from './picker.module.css';
import { candidatesQuery } from './queries.ts';

const MOST = 4;

interface PickerProps {
  project: Project;
  chosen: readonly Version[];
  titles: ReadonlyMap<string, string>;
  onChoose: (ids: readonly string[]) => void;
}

export function Picker({ project, chosen, titles, onChoose }: PickerProps) {
  const [searching, setSearching] = useState(false);
  const ids = chosen.map((version) => version.id);
  const [first] = chosen;
  return (
    <div className={styles.picker} role="group" aria-label="Versions that are compared">
      {chosen.map((version, place) => (
        <span key={version.id} className={styles.one}>
          <Choice label={`Compared ${place + 1}`} asset={version.asset_id} taken={ids} onPick={(id) => onChoose(ids.with(place, id))}>
            <option value="">{shortName(version, titles)}</option>
          </Choice>
          {chosen.length > 2 && (
            <IconButton icon="close" label={`Take ${shortName(version, titles)} away`} onClick={() => onChoose(ids.filter((id) => id !== version.id))} />
          )}
        </span>
      ))}
      {first && chosen.length < MOST && (
        <Choice label="Add a version" asset={first.asset_id} taken={ids} onPick={(id) => onChoose([...ids, id])} onOther={() => setSearching(true)}>
          <option value="">Add a version…</option>
        </Choice>
      )}
      {searching && (
        <OtherAsset
          project={project.id}
          taken={ids}
          onPick={(id) => {
            setSearching(false);
            onChoose([...ids, id]);
          }}
          onClose={() => setSearching(false)}
        />
      )}
    </div>
  );
}

interface ChoiceProps {
  label: string;
  /** Whose versions are offered. */
  asset: string;
  taken: readonly string[];
  onPick: (id: string) => void;
  onOther?: () => void;
  /** What is shown while nothing else is picked. */
  children: React.ReactNode;
}

const MORE = 'more';
const OTHER = 'other';

function Choice({ label, asset, taken, onPick, onOther, children }: ChoiceProps) {
  const list = useInfiniteQuery(candidatesQuery(asset));
  const versions = list.data?.pages.flatMap((page) => page.items) ?? [];
  const pick = (value: string) => {
    if (value === MORE) void list.fetchNextPage();
    else if (value === OTHER) onOther?.();
    else onPick(value);
  };
  return (
    <select aria-label={label} value="" onChange={(event) => pick(event.target.value)}>
      {children}
      {versions
        .filter((version) => !taken.includes(version.id))
        .map((version) => (
          <option key={version.id} value={version.id}>
            v{version.number}
            {version.reason ? `: ${version.reason.slice(0, 60)}` : ''}
          </option>
        ))}
      {list.hasNextPage && <option value={MORE}>Older versions…</option>}
      {onOther && <option value={OTHER}>Of another asset…</option>}
    </select>
  );
}
