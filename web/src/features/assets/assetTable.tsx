/** Assets as rows: hear it, see its state, go there. */
import { Link } from '@tanstack/react-router';
import type { Asset } from '../../api/types.ts';
import { languageName } from '../../api/languages.ts';
import { PlayButton } from '../../audio/playButton.tsx';
import { versionTrack } from '../../audio/track.ts';
import { Ago } from '../../ui/ago.tsx';
import { StatusBadge } from '../../ui/badge.tsx';
import { clock } from '../../ui/format.ts';
import table from '../../ui/table.module.css';
import styles from './assetTable.module.css';

interface AssetTableProps {
  assets: readonly Asset[];
  projectKey: string;
  onTag: (tag: string) => void;
}

export function AssetTable({ assets, projectKey, onTag }: AssetTableProps) {
  return (
    <table className={`${table.table} ${styles.assets}`}>
      <thead>
        <tr>
          <th scope="col" className={styles.playCell}>
            <span className={table.hidden}>Listen</span>
          </th>
          <th scope="col">Asset</th>
          <th scope="col">Status</th>
          <th scope="col" data-narrow="hide">
            Newest
          </th>
          <th scope="col" data-medium="hide">
            Language
          </th>
          <th scope="col" data-medium="hide">
            Tags
          </th>
          <th scope="col" data-narrow="hide">
            Owner
          </th>
          <th scope="col" data-narrow="hide">
            Updated
          </th>
        </tr>
      </thead>
      <tbody>
        {assets.map((asset) => (
          <Row key={asset.id} asset={asset} projectKey={projectKey} onTag={onTag} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ asset, projectKey, onTag }: { asset: Asset; projectKey: string; onTag: (tag: string) => void }) {
  const newest = asset.latest_version;
  return (
    <tr>
      <td className={styles.playCell}>
        {newest && !newest.dropped && (
          <PlayButton
            size="small"
            name={`version ${newest.number} of ${asset.title}`}
            track={versionTrack({
              id: newest.id,
              number: newest.number,
              durationMs: newest.duration_ms,
              assetId: asset.id,
              assetTitle: asset.title,
              projectKey,
              voice: newest.voice,
            })}
          />
        )}
      </td>
      <th scope="row" className={styles.asset}>
        <Link to="/projects/$project/assets/$asset" params={{ project: projectKey, asset: asset.id }} className={styles.title}>
          {asset.title}
        </Link>
        <span className={styles.key}>{asset.key}</span>
        <span className={styles.brief}>
          {newest ? `v${newest.number} · ${clock(newest.duration_ms)}` : asset.owner.name} · <Ago time={asset.updated_at} />
        </span>
      </th>
      <td>
        <StatusBadge status={asset.status ?? null} />
        {newest && <Talk newest={newest} />}
      </td>
      <td data-narrow="hide" className={styles.newest}>
        {newest ? (
          <>
            v{newest.number} <span>{clock(newest.duration_ms)}</span>
          </>
        ) : (
          <span aria-label="none">–</span>
        )}
      </td>
      <td data-medium="hide" title={languageName(asset.language)}>
        {asset.language}
      </td>
      <td data-medium="hide" className={styles.tags}>
        {asset.tags.map((tag) => (
          <button key={tag} type="button" title={`Only with the tag ${tag}`} onClick={() => onTag(tag)}>
            {tag}
          </button>
        ))}
      </td>
      <td data-narrow="hide" className={styles.quiet}>
        {asset.owner.name}
      </td>
      <td data-narrow="hide" className={styles.quiet}>
        <Ago time={asset.updated_at} />
      </td>
    </tr>
  );
}

/** What whoever goes on with it should know. */
function Talk({ newest }: { newest: NonNullable<Asset['latest_version']> }) {
  const { changes_requested: wished, comments_open: open } = newest;
  const told = [wished && 'changes requested', open > 0 && (open === 1 ? '1 comment' : `${open} comments`)].filter(Boolean).join(', ');
  return told && <span className={styles.talk}>{told}</span>;
}
