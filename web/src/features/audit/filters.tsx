/** Filters of the record; their values stand in the address. */
import type { AuditEvent } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import styles from './filters.module.css';
import { NONE, type FilterChange, type Filters } from './queries.ts';
import { actionName, ACTIONS } from './words.ts';

interface FilterBarProps {
  filters: Filters;
  /** What is shown: its people and assets can be chosen. */
  events: readonly AuditEvent[];
  /** The installation's log has no assets. */
  ofProject: boolean;
  onChange: (change: FilterChange) => void;
}

export function FilterBar({ filters, events, ofProject, onChange }: FilterBarProps) {
  const people = new Map(events.flatMap(({ actor }) => (actor.id && actor.name ? [[actor.id, actor.name] as const] : [])));
  const assets = new Map(events.flatMap(({ asset }) => (asset ? [[asset.id, asset.title] as const] : [])));
  const actions = new Map(ACTIONS.map((action) => [action, actionName(action)] as const));
  return (
    <search className={styles.bar}>
      <Choice label="Action" any="Any action" value={filters.action} options={actions} onChange={(action) => onChange({ action })} />
      <Choice label="Person" any="Anybody" value={filters.actor} options={people} onChange={(actor) => onChange({ actor })} />
      {ofProject && <Choice label="Asset" any="Any asset" value={filters.asset} options={assets} onChange={(asset) => onChange({ asset })} />}
      <Day label="From" value={filters.since} onChange={(since) => onChange({ since })} />
      <Day label="To" value={filters.until} onChange={(until) => onChange({ until })} />
      {Object.keys(filters).length > 0 && (
        <Button variant="quiet" icon="close" onClick={() => onChange(NONE)}>
          Clear
        </Button>
      )}
    </search>
  );
}

interface ChoiceProps {
  label: string;
  any: string;
  value: string | undefined;
  options: ReadonlyMap<string, string>;
  onChange: (value: string | undefined) => void;
}

function Choice({ label, any, value, options, onChange }: ChoiceProps) {
  const offered = [...options].toSorted(([, left], [, right]) => left.localeCompare(right));
  const known = value === undefined || options.has(value);
  return (
    <select
      className={styles.control}
      aria-label={label}
      data-set={value !== undefined || undefined}
      value={value ?? ''}
      onChange={(event) => onChange(event.target.value || undefined)}
    >
      <option value="">{any}</option>
      {!known && <option value={value}>The chosen {label.toLowerCase()}</option>}
      {offered.map(([one, name]) => (
        <option key={one} value={one}>
          {name}
        </option>
      ))}
    </select>
  );
}

interface DayProps {
  label: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}

function Day({ label, value, onChange }: DayProps) {
  return (
    <label className={styles.day}>
      {label}
      <input
        type="date"
        className={styles.control}
        data-set={value !== undefined || undefined}
        value={value ?? ''}
        onChange={(event) => onChange(event.target.value || undefined)}
      />
    </label>
  );
}
