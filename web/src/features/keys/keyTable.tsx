/** Keys as rows: which it is, what it may, when it was used, until when it works. */
import type { ApiKey } from '../../api/types.ts';
import { Ago } from '../../ui/ago.tsx';
import { Tag } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { at, day, plain } from '../../ui/format.ts';
import table from '../../ui/table.module.css';
import styles from './keyTable.module.css';
import { STATES } from './words.ts';

interface KeyTableProps {
  caption: string;
  keys: readonly ApiKey[];
  me: string;
  onRevoke: (key: ApiKey) => void;
}

export function KeyTable({ caption, keys, me, onRevoke }: KeyTableProps) {
  const others = keys.some((key) => key.person.id !== me);
  return (
    <table className={`${table.table} ${styles.keys}`}>
      <caption className={table.hidden}>{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Key</th>
          <th scope="col">State</th>
          <th scope="col" data-narrow="hide">
            Scopes
          </th>
          {others && (
            <th scope="col" data-narrow="hide">
              Acts for
            </th>
          )}
          <th scope="col" data-narrow="hide">
            Last used
          </th>
          <th scope="col" data-narrow="hide">
            Until
          </th>
          <th scope="col">
            <span className={table.hidden}>Revoke</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <Row key={key.id} apiKey={key} others={others} onRevoke={onRevoke} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ apiKey: key, others, onRevoke }: { apiKey: ApiKey; others: boolean; onRevoke: (key: ApiKey) => void }) {
  const end = <time dateTime={key.expires_at} title={at(key.expires_at)}>{day(key.expires_at)}</time>;
  return (
    <tr>
      <th scope="row" className={styles.key}>
        <span className={styles.name}>{key.name}</span>
        <code>vo_{key.prefix}_…</code>
        <span className={styles.brief}>
          {others && `${key.person.name} · `}
          {key.scopes.join(', ')} · <Used time={key.last_used_at} /> · until {end}
        </span>
      </th>
      <td>
        <span className={styles.state} data-state={key.state} title={STATES[key.state]}>
          {plain(key.state)}
        </span>
        {key.revoked_by && <span className={styles.by}>by {key.revoked_by.name}</span>}
      </td>
      <td data-narrow="hide" className={styles.scopes}>
        {key.scopes.map((scope) => (
          <Tag key={scope}>{scope}</Tag>
        ))}
      </td>
      {others && <td data-narrow="hide">{key.person.name}</td>}
      <td data-narrow="hide" className={styles.quiet}>
        <Used time={key.last_used_at} />
      </td>
      <td data-narrow="hide" className={styles.quiet}>
        {end}
      </td>
      <td className={styles.end}>
        {key.can.includes('key.revoke') && (
          <Button size="small" aria-label={`Revoke ${key.name}`} onClick={() => onRevoke(key)}>
            Revoke
          </Button>
        )}
      </td>
    </tr>
  );
}

function Used({ time }: { time: string | null }) {
  return time === null ? <>never used</> : <Ago time={time} />;
}
