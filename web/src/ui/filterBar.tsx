/** The filters of a list. Their values stand in the address. */
import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import styles from './filterBar.module.css';

interface FilterBarProps {
  /** Takes all filters away, if there are any. */
  onClear: (() => void) | undefined;
  children: ReactNode;
}

export function FilterBar({ onClear, children }: FilterBarProps) {
  return (
    <search className={styles.bar}>
      {children}
      {onClear && (
        <Button variant="quiet" icon="close" onClick={onClear}>
          Clear
        </Button>
      )}
    </search>
  );
}

interface ChoiceProps<Value extends string> {
  label: string;
  /** What it says while nothing is chosen. */
  any: string;
  value: Value | undefined;
  options: readonly (readonly [Value, string])[];
  /** What a chosen value that is not offered is called; itself if nothing is said. */
  other?: string;
  onChange: (value: Value | undefined) => void;
}

export function Choice<Value extends string>({ label, any, value, options, other, onChange }: ChoiceProps<Value>) {
  const offered = value === undefined || options.some(([one]) => one === value) ? options : [...options, [value, other ?? value] as const];
  return (
    <select
      className={styles.control}
      aria-label={label}
      data-set={value !== undefined || undefined}
      value={value ?? ''}
      onChange={(event) => onChange(offered.find(([one]) => one === event.target.value)?.[0])}
    >
      <option value="">{any}</option>
      {offered.map(([one, name]) => (
        <option key={one} value={one}>
          {name}
        </option>
      ))}
    </select>
  );
}
