/** Search and filters of the library. Their values stand in the address; only what is being typed is kept here. */
import { useEffect, useRef } from 'react';
import type { Asset, Status } from '../../api/types.ts';
import { languageName } from '../../api/languages.ts';
import { Choice, FilterBar } from '../../ui/filterBar.tsx';
import { plain } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import styles from './filters.module.css';
import type { FilterChange, Filters } from './queries.ts';

const STATUSES: readonly Status[] = ['draft', 'in_review', 'approved', 'archived'];
const TYPING_MS = 200;

interface AssetFiltersProps {
  filters: Filters;
  /** Everything there is to choose from, whatever the filters hide. */
  known: readonly Asset[];
  onChange: (change: FilterChange) => void;
}

export function AssetFilters({ filters, known, onChange }: AssetFiltersProps) {
  const tags = distinct(known.flatMap((asset) => asset.tags));
  const languages = distinct(known.map((asset) => asset.language));
  const owners = [...new Map(known.map((asset) => [asset.owner.id, asset.owner.name]))];
  const clear = () => onChange({ query: undefined, status: undefined, tag: undefined, language: undefined, owner: undefined });
  return (
    <FilterBar onClear={Object.keys(filters).length > 0 ? clear : undefined}>
      <SearchBox query={filters.query ?? ''} onChange={(query) => onChange({ query: query || undefined })} />
      <Choice label="Status" any="Any status" value={filters.status} options={STATUSES.map((one) => [one, plain(one)])} onChange={(status) => onChange({ status })} />
      <Choice label="Tag" any="Any tag" value={filters.tag} options={tags.map((one) => [one, one])} onChange={(tag) => onChange({ tag })} />
      <Choice label="Language" any="Any language" value={filters.language} options={languages.map((one) => [one, languageName(one)])} onChange={(language) => onChange({ language })} />
      <Choice label="Owner" any="Any owner" value={filters.owner} options={owners} onChange={(owner) => onChange({ owner })} />
    </FilterBar>
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

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].toSorted((left, right) => left.localeCompare(right));
}
