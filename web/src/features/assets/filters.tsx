/** Search and filters of the library. Their values stand in the address; only what is being typed is kept here. */
import { useEffect, useRef } from 'react';
import type { Asset, Status } from '../../api/types.ts';
import { languageName } from '../../api/languages.ts';
import { Button } from '../../ui/button.tsx';
import { plain } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import styles from './filters.module.css';
import type { FilterChange, Filters } from './queries.ts';

const STATUSES: readonly Status[] = ['draft', 'in_review', 'approved', 'archived'];
const TYPING_MS = 200;

interface FilterBarProps {
  filters: Filters;
  /** Everything there is to choose from, whatever the filters hide. */
  known: readonly Asset[];
  onChange: (change: FilterChange) => void;
}

export function FilterBar({ filters, known, onChange }: FilterBarProps) {
  const tags = distinct(known.flatMap((asset) => asset.tags));
  const languages = distinct(known.map((asset) => asset.language));
  const owners = [...new Map(known.map((asset) => [asset.owner.id, asset.owner.name]))];
  const any = Object.keys(filters).length > 0;
  return (
    <search className={styles.bar}>
      <SearchBox query={filters.query ?? ''} onChange={(query) => onChange({ query: query || undefined })} />
      <Choice name="status" value={filters.status} options={STATUSES.map((one) => [one, plain(one)])} onChange={(status) => onChange({ status })} />
      <Choice name="tag" value={filters.tag} options={tags.map((one) => [one, one])} onChange={(tag) => onChange({ tag })} />
      <Choice name="language" value={filters.language} options={languages.map((one) => [one, languageName(one)])} onChange={(language) => onChange({ language })} />
      <Choice name="owner" value={filters.owner} options={owners} onChange={(owner) => onChange({ owner })} />
      {any && (
        <Button
          variant="quiet"
          icon="close"
          onClick={() => onChange({ query: undefined, status: undefined, tag: undefined, language: undefined, owner: undefined })}
        >
          Clear
        </Button>
      )}
    </search>
  );
}

function SearchBox({ query, onChange }: { query: string; onChange: (query: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    // The address moved (back, a link): follow it, but never take letters from somebody who is typing.
    if (input.current && document.activeElement !== input.current) input.current.value = query;
  }, [query]);
  return (
    <label className={styles.search}>
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        aria-label="Search assets"
        placeholder="Search title, key or script"
        defaultValue={query}
        onChange={(event) => {
          const value = event.target.value.trim();
          clearTimeout(timer.current);
          timer.current = setTimeout(() => onChange(value), TYPING_MS);
        }}
      />
    </label>
  );
}

interface ChoiceProps<Value extends string> {
  name: string;
  value: Value | undefined;
  options: readonly (readonly [Value, string])[];
  onChange: (value: Value | undefined) => void;
}

function Choice<Value extends string>({ name, value, options, onChange }: ChoiceProps<Value>) {
  const offered = value === undefined || options.some(([one]) => one === value) ? options : [...options, [value, value] as const];
  return (
    <select
      className={styles.choice}
      aria-label={plain(name)}
      data-set={value !== undefined || undefined}
      value={value ?? ''}
      onChange={(event) => onChange(offered.find(([one]) => one === event.target.value)?.[0])}
    >
      <option value="">Any {name}</option>
      {offered.map(([one, label]) => (
        <option key={one} value={one}>
          {label}
        </option>
      ))}
    </select>
  );
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].toSorted((left, right) => left.localeCompare(right));
}
