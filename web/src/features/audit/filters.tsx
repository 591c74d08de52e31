/** Filters of the record; their values stand in the address. */
import type { AuditEvent } from '../../api/types.ts';
import { Choice, FilterBar } from '../../ui/filterBar.tsx';
import bar from '../../ui/filterBar.module.css';
import styles from './filters.module.css';
import { NONE, type FilterChange, type Filters } from './queries.ts';
import { actionName, ACTIONS } from './words.ts';

interface EventFiltersProps {
  filters: Filters;
  /** What is shown: its people and assets can be chosen. */
  events: readonly AuditEvent[];
  /** The installation's log has no assets. */
  ofProject: boolean;
  onChange: (change: FilterChange) => void;
}

export function EventFilters({ filters, events, ofProject, onChange }: EventFiltersProps) {
  const people = new Map(events.flatMap(({ actor }) => (actor.id && actor.name ? [[actor.id, actor.name] as const] : [])));
  const assets = new Map(events.flatMap(({ asset }) => (asset ? [[asset.id, asset.title] as const] : [])));
  const actions = new Map(ACTIONS.map((action) => [action, actionName(action)] as const));
  return (
    <FilterBar onClear={Object.keys(filters).length > 0 ? () => onChange(NONE) : undefined}>
      <Choice label="Action" any="Any action" value={filters.action} options={byName(actions)} onChange={(action) => onChange({ action })} />
      <Choice label="Person" any="Anybody" value={filters.actor} options={byName(people)} other="The chosen person" onChange={(actor) => onChange({ actor })} />
      {ofProject && (
        <Choice label="Asset" any="Any asset" value={filters.asset} options={byName(assets)} other="The chosen asset" onChange={(asset) => onChange({ asset })} />
      )}
      <Day label="From" value={filters.since} onChange={(since) => onChange({ since })} />
      <Day label="To" value={filters.until} onChange={(until) => onChange({ until })} />
    </FilterBar>
  );
}

function byName<Value extends string>(options: ReadonlyMap<Value, string>) {
  return [...options].toSorted(([, left], [, right]) => left.localeCompare(right));
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
        className={bar.control}
        data-set={value !== undefined || undefined}
        value={value ?? ''}
        onChange={(event) => onChange(event.target.value || undefined)}
      />
    </label>
  );
}
