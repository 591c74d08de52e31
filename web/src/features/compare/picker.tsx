/** Which versions stand side by side: each can be replaced or taken away, and one more added. */
import type { Version } from '../../api/types.ts';
import { IconButton } from '../../ui/button.tsx';
import { shortName } from './names.ts';
import styles from './picker.module.css';

const MOST = 4;

interface PickerProps {
  chosen: readonly Version[];
  titles: ReadonlyMap<string, string>;
  /** Versions of the asset, the newest first. */
  candidates: readonly Version[];
  onChoose: (ids: readonly string[]) => void;
  onMore: (() => void) | undefined;
}

const MORE = 'more';

export function Picker({ chosen, titles, candidates, onChoose, onMore }: PickerProps) {
  const ids = chosen.map((version) => version.id);
  const free = candidates.filter((version) => !ids.includes(version.id));
  const pick = (value: string, put: (id: string) => void) => (value === MORE ? onMore?.() : put(value));
  return (
    <div className={styles.picker} role="group" aria-label="Versions that are compared">
      {chosen.map((version, place) => (
        <span key={version.id} className={styles.one}>
          <select
            aria-label={`Compared ${place + 1}`}
            value={version.id}
            onChange={(event) => pick(event.target.value, (id) => onChoose(ids.with(place, id)))}
          >
            <option value={version.id}>{shortName(version, titles)}</option>
            <Options versions={free} onMore={onMore} />
          </select>
          {chosen.length > 2 && (
            <IconButton icon="close" label={`Take ${shortName(version, titles)} away`} onClick={() => onChoose(ids.filter((id) => id !== version.id))} />
          )}
        </span>
      ))}
      {chosen.length < MOST && free.length > 0 && (
        <select aria-label="Add a version" value="" onChange={(event) => pick(event.target.value, (id) => onChoose([...ids, id]))}>
          <option value="">Add a version…</option>
          <Options versions={free} onMore={onMore} />
        </select>
      )}
    </div>
  );
}

function Options({ versions, onMore }: { versions: readonly Version[]; onMore: PickerProps['onMore'] }) {
  return (
    <>
      {versions.map((version) => (
        <option key={version.id} value={version.id}>
          v{version.number}
          {version.reason ? `: ${version.reason.slice(0, 60)}` : ''}
        </option>
      ))}
      {onMore && <option value={MORE}>Older versions…</option>}
    </>
  );
}
