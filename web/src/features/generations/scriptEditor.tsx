/** The script editor: plain text in a native textarea, with the markup shown behind it. */
import { useRef, type KeyboardEvent, type RefObject } from 'react';
import { Button } from '../../ui/button.tsx';
import { insertPause, marks, toggleEmphasis, type Edit } from './markup.ts';
import styles from './scriptEditor.module.css';

interface ScriptEditorProps {
  text: string;
  /** Where the server found fault, in UTF-16 units. */
  faults: readonly number[];
  invalid: boolean;
  describedBy: string;
  area: RefObject<HTMLTextAreaElement | null>;
  onChange: (text: string) => void;
  onSubmit: () => void;
}

export function ScriptEditor({ text, faults, invalid, describedBy, area, onChange, onSubmit }: ScriptEditorProps) {
  const label = useRef<HTMLLabelElement>(null);
  const apply = (make: (text: string, start: number, end: number) => Edit | null) => {
    const element = area.current;
    const edit = element && make(element.value, element.selectionStart, element.selectionEnd);
    if (edit) replace(element, edit);
    element?.focus();
  };
  const keys = (event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (event.key === 'e') apply(toggleEmphasis);
    else if (event.key !== 'Enter') return;
    else if (!event.repeat) onSubmit();
    event.preventDefault();
  };
  return (
    <div className={styles.editor}>
      <div className={styles.head}>
        <label ref={label} htmlFor="script">
          Script
        </label>
        <div className={styles.tools} role="group" aria-label="Markup">
          <Button
            variant="quiet"
            size="small"
            title="Emphasise the selected words, or take the emphasis away (Ctrl or ⌘ E)"
            onMouseDown={keepSelection}
            onClick={() => apply(toggleEmphasis)}
          >
            <b className={styles.star} aria-hidden="true">*</b> Emphasise
          </Button>
          <Button
            variant="quiet"
            size="small"
            title="Insert a pause at the caret"
            onMouseDown={keepSelection}
            onClick={() => apply(insertPause)}
          >
            <b className={styles.star} aria-hidden="true">[ ]</b> Insert pause
          </Button>
        </div>
      </div>
      <div className={styles.paper} data-invalid={invalid || undefined}>
        <Backdrop text={text} faults={faults} />
        <textarea
          ref={area}
          id="script"
          value={text}
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={keys}
          aria-invalid={invalid || undefined}
          aria-describedby={describedBy}
          placeholder="What is to be said? Select a word and press Emphasise to stress it."
          spellCheck
        />
      </div>
    </div>
  );
}

/** A press of the mouse would take the focus, and with it the selection, from the text. */
function keepSelection(event: { preventDefault: () => void }) {
  event.preventDefault();
}

/** As if it were typed, so that the browser's own undo takes it back. */
function replace(element: HTMLTextAreaElement, edit: Edit) {
  element.focus();
  element.setSelectionRange(edit.from, edit.until);
  // There is no other way that keeps the undo history of a text area.
  // oxlint-disable-next-line typescript/no-deprecated
  document.execCommand('insertText', false, edit.text);
  element.setSelectionRange(edit.select[0], edit.select[1]);
}

/** The same text in the same place behind the textarea: it gives the height, and colours what is marked. */
export function Backdrop({ text, faults, shown = false }: { text: string; faults: readonly number[]; shown?: boolean }) {
  const pieces = [
    ...marks(text),
    ...faults.map((start) => ({ kind: 'fault' as const, start, end: start + ((text.codePointAt(start) ?? 0) > 0xff_ff ? 2 : 1) })),
  ].toSorted((left, right) => left.start - right.start);
  const out = [];
  let done = 0;
  for (const { kind, start, end } of pieces) {
    if (start < done) continue;
    out.push(text.slice(done, start));
    out.push(
      <mark key={start} data-kind={kind}>
        {text.slice(start, end)}
      </mark>,
    );
    done = end;
  }
  out.push(text.slice(done));
  return (
    <div className={styles.backdrop} data-shown={shown || undefined} aria-hidden={shown ? undefined : true}>
      {out}
      {'\u200B'}
    </div>
  );
}
