/** A text in which `@` offers the members of the project, by keys and by pointer. */
import { useId, useState, type KeyboardEvent, type RefObject } from 'react';
import type { Named } from '../../api/types.ts';
import styles from './mentionField.module.css';
import { begunAt, fitting } from './mentions.ts';

const LONGEST = 4000;

interface MentionFieldProps {
  field: RefObject<HTMLTextAreaElement | null>;
  label: string;
  placeholder: string;
  value: string;
  /** It is being sent. */
  busy: boolean;
  members: readonly Named[];
  onChange: (text: string) => void;
  onPick: (person: Named, text: string) => void;
  onSend: () => void;
  onCancel: (() => void) | undefined;
}

function bring(list: HTMLElement | null) {
  list?.scrollIntoView({ block: 'nearest' });
}

export function MentionField({ field, label, placeholder, value, busy, members, onChange, onPick, onSend, onCancel }: MentionFieldProps) {
  const id = useId();
  const [caret, setCaret] = useState(-1);
  const [at, setAt] = useState(0);
  const [dismissed, setDismissed] = useState(-1);
  const begun = caret < 0 ? null : begunAt(value, caret);
  const found = begun && begun.at !== dismissed ? fitting(members, begun.typed) : [];
  const active = Math.min(at, found.length - 1);

  const pick = (person: Named | undefined) => {
    if (!begun || !person) return;
    const before = `${value.slice(0, begun.at)}@${person.name} `;
    const after = value.slice(caret).replace(/^ /, '');
    onPick(person, before + after);
    setCaret(before.length);
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(before.length, before.length);
    });
  };
  const keys = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const act = found.length > 0 && !event.ctrlKey && !event.metaKey ? listKey(event.key) : key(event);
    if (!act) return;
    event.preventDefault();
    act();
  };
  const listKey = (name: string): (() => void) | undefined => {
    if (name === 'ArrowDown') return () => setAt((active + 1) % found.length);
    if (name === 'ArrowUp') return () => setAt((active + found.length - 1) % found.length);
    if (name === 'Enter' || name === 'Tab') return () => pick(found[active]);
    if (name === 'Escape') return () => setDismissed(begun?.at ?? -1);
    return undefined;
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) return onSend;
    return event.key === 'Escape' ? onCancel : undefined;
  };
  return (
    <div className={styles.field}>
      <textarea
        ref={field}
        className={styles.text}
        aria-label={label}
        aria-autocomplete="list"
        aria-controls={found.length > 0 ? `${id}list` : undefined}
        aria-activedescendant={found.length > 0 ? `${id}${active}` : undefined}
        placeholder={placeholder}
        rows={2}
        maxLength={LONGEST}
        readOnly={busy}
        value={value}
        onChange={(event) => {
          setCaret(event.target.selectionStart);
          setAt(0);
          setDismissed(-1);
          onChange(event.target.value);
        }}
        onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
        onBlur={() => setCaret(-1)}
        onKeyDown={keys}
      />
      {found.length > 0 && (
        <div ref={bring} id={`${id}list`} className={styles.list} role="listbox" aria-label="Members to mention">
          {found.map((person, index) => (
            // The text keeps the focus, and has the keys.
            // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
            <div
              key={person.id}
              id={`${id}${index}`}
              role="option"
              aria-selected={index === active}
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => pick(person)}
            >
              {person.name}
            </div>
          ))}
        </div>
      )}
      <span className={styles.hidden} role="status">
        {found.length > 0 && `${found.length === 1 ? '1 member' : `${found.length} members`} to mention: arrow keys choose, Enter takes one`}
      </span>
    </div>
  );
}
