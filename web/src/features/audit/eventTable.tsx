/** Events as rows: when, who, what, where and why. */
import { Link } from '@tanstack/react-router';
import type { AuditEvent } from '../../api/types.ts';
import { Ago } from '../../ui/ago.tsx';
import table from '../../ui/table.module.css';
import styles from './eventTable.module.css';
import type { FilterChange, Filters } from './queries.ts';
import { about, done, place, versionOf, who } from './words.ts';

interface EventTableProps {
  events: readonly AuditEvent[];
  /** Null for the log of the installation, in which there are no assets. */
  projectKey: string | null;
  filters: Filters;
  onFilter: (change: FilterChange) => void;
}

export function EventTable({ events, projectKey, filters, onFilter }: EventTableProps) {
  return (
    <table className={`${table.table} ${styles.events}`}>
      <thead>
        <tr>
          <th scope="col">What happened</th>
          {projectKey !== null && <th scope="col">Asset</th>}
          <th scope="col">Reason</th>
          <th scope="col">When</th>
        </tr>
      </thead>
      <tbody>
        {events.map((event) => (
          <tr key={event.id}>
            <th scope="row" className={styles.what}>
              {event.actor.id && filters.actor === undefined ? (
                <button type="button" title="Only what they did" onClick={() => onFilter({ actor: event.actor.id ?? undefined })}>
                  {who(event)}
                </button>
              ) : (
                <span>{who(event)}</span>
              )}{' '}
              <Link to="." search={{ ...filters, event: event.id }} resetScroll={false}>
                {done(event.action)}
              </Link>
              {about(event) && `: ${about(event)}`}
            </th>
            {projectKey !== null && (
              <td className={styles.asset}>
                {event.asset && (
                  <Link to="/projects/$project/assets/$asset" params={{ project: projectKey, asset: event.asset.id }} search={versionOf(event)}>
                    {event.asset.title}
                    {event.version && ` v${event.version.number}`}
                  </Link>
                )}
              </td>
            )}
            <td className={styles.reason}>{event.reason}</td>
            <td className={styles.when}>
              <Ago time={event.at} /> <span>{event.index === null ? 'not sealed yet' : `#${place(event.index)}`}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
