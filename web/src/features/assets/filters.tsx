/** Search and filters of the library. Their values stand in the address; only what is being typed is kept here. */
import { useEffect, useRef } from 'react';
import type { Asset } from '../../api/types.ts';
import { languageName } from '../../api/words.ts';
import { Button } from '../../ui/button.tsx';
import { plain } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import styles from './filters.module.css';
import type { Filters } from './queries.ts';

const STATUSES = ['draft', 'in_review', 'approved', 'archived'];
const TYPING_MS = 200;

interface FilterBarProps {
  filters: Filters;
  /** Everything there is to choose from, whatever the filters hide. */
  known: readonly Asset[];
  onChange: (change: { [Name in keyof Filters]?: string | undefined }) => void;
}

export function FilterBar({ filters, known, onChange }: FilterBarProps) {
  const tags = distinct(known.flatMap((asset) => asset.tags));
  const languages = distinct(known.map((asset) => asset.language));
  const owners = [...new Map(known.map((asset) => [asset.owner.id, asset.owner.name]))];
  const any = Object.keys(filters).length > 0;
  return (
    <search className={styles.bar}>
      <SearchBox query={filters.query ?? ''} onChange={(query) => onChange({ query: query || undefined })} />
      <Choice name="status" value={filters.status} options={STATUSES.map((one) => [one, plain(one)])} onChange={onChange} />
      <Choice name="tag" value={filters.tag} options={tags.map((one) => [one, one])} onChange={onChange} />
      <Choice name="language" value={filters.language} options={languages.map((one) => [one, languageName(one)])} onChange={onChange} />
      <Choice name="owner" value={filters.owner} options={owners} onChange={onChange} />
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

interface ChoiceProps {
  name: Exclude<keyof Filters, 'query'>;
  value: string | undefined;
  options: readonly (readonly [string, string])[];
  onChange: FilterBarProps['onChange'];
}

function Choice({ name, value, options, onChange }: ChoiceProps) {
  const offered = value === undefined || options.some(([one]) => one === value) ? options : [...options, [value, value] as const];
  return (
    <select
      className={styles.choice}
      aria-label={plain(name)}
      data-set={value !== undefined || undefined}
      value={value ?? ''}
      onChange={(event) => onChange({ [name]: event.target.value || undefined })}
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
