/** Where a take is made: the words, the voice, the delivery, and the button. */
import { useQuery } from '@tanstack/react-query';
import { useId, useRef, type ReactNode } from 'react';
import { asProblem } from '../../api/client.ts';
import { mayBeDone, sendOnce } from '../../api/once.ts';
import type { Asset, Generation, Limits, Version, Voice } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { Note } from '../../ui/state.tsx';
import styles from './composer.module.css';
import { forecast } from './budget.ts';
import { within } from './delivery.ts';
import { DeliveryControls } from './deliveryControls.tsx';
import { useDraft } from './draft.ts';
import { GenerateBar } from './generateBar.tsx';
import { codePoints, marks, unitsBefore } from './markup.ts';
import { useGenerate, useSaveScript } from './mutations.ts';
import { OtherTab } from './otherTab.tsx';
import { checkQuery } from './queries.ts';
import { ScriptEditor } from './scriptEditor.tsx';
import { ScriptFindings } from './scriptFindings.tsx';
import { useOnceQuiet } from './useOnceQuiet.ts';
import { VoicePicker } from './voicePicker.tsx';

interface ComposerProps {
  /** Whose draft it is. */
  person: string;
  asset: Asset;
  voices: readonly Voice[];
  /** What voice and delivery go on from. */
  last: Generation | Version | undefined;
  newest: Version | undefined;
  /** The project's budgets, once they are known. */
  limits?: Limits | undefined;
  limitsLink?: ReactNode;
  /** A generation has been accepted. */
  onGenerated: () => void;
  /** Fetches the asset anew. */
  onChanged: () => Promise<void>;
}

export function Composer({ person, asset, voices, last, newest, limits, limitsLink, onGenerated, onChanged }: ComposerProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const asking = useRef(false);
  const figures = useId();
  const store = useDraft(person, asset.id);
  const { draft, change } = store;
  const saved = asset.script?.text ?? '';
  const text = draft.text ?? saved;
  const note = draft.note ?? '';
  const voice = chosenVoice(voices, draft.voice ?? last?.voice, asset.language);
  const delivery = within(voice, { ...last?.delivery, ...draft.delivery });
  const parent = draft.parent ?? newest;
  const changed = text !== saved;

  const quiet = useOnceQuiet(text);
  const check = useQuery({ ...checkQuery(asset.id, quiet, voice.id), enabled: text.trim() !== '' });
  const generate = useGenerate(asset.id, onChanged);
  const save = useSaveScript(asset.id, onChanged);
  const findings = text.trim() === '' ? undefined : check.data;
  const takes = limits && text.trim() !== '' ? forecast(limits, voice, findings?.spoken_characters ?? codePoints(text)) : undefined;
  const problem = generate.isError ? asProblem(generate.error) : save.isError ? asProblem(save.error) : null;
  const textProblem = problem?.field('text');

  const select = (position: number) => {
    const start = unitsBefore(text, position);
    area.current?.focus();
    area.current?.setSelectionRange(start, start + ((text.codePointAt(start) ?? 0) > 0xff_ff ? 2 : 1));
  };
  const submit = () => {
    if (asking.current || takes?.level === 'over') return; // two presses of a key may come before the first is rendered
    asking.current = true;
    const reason = draft.reason?.trim();
    const about = { voice: voice.id, delivery, ...(reason && { reason }), ...(parent && { parent_version_id: parent.id }) };
    // The draft is what is wanted: the newest script and version may by now be what this very request made.
    generate.mutate(sendOnce(generate, { text, note: changed ? note : '', ...about }, draft), {
      onSuccess: () => {
        store.sent(draft);
        onGenerated();
      },
      onSettled: () => {
        asking.current = false;
      },
    });
  };
  return (
    <section className={styles.composer} aria-label="Compose">
      <div className={styles.block}>
        <OtherTab {...store} />
        <ScriptEditor
          text={text}
          area={area}
          faults={[...(findings?.errors ?? []), ...(findings?.warnings ?? [])]
            .map((finding) => finding.position)
            .filter((place) => place !== null)
            .map((place) => unitsBefore(text, place))}
          invalid={textProblem !== undefined || (findings?.errors.length ?? 0) > 0}
          describedBy={figures}
          onChange={(value) => change({ text: value })}
          onSubmit={submit}
        />
        <ScriptFindings id={figures} text={text} check={findings} onSelect={select} />
        {textProblem && !findings?.errors.length && (
          <Note tone="bad" live>
            {textProblem}
          </Note>
        )}
        {changed && (
          <div className={styles.changed}>
            <input
              aria-label="Why the wording changed"
              placeholder="Why the wording changed (optional)"
              value={note}
              onChange={(event) => change({ note: event.target.value })}
            />
            <Button
              onClick={() => save.mutate(sendOnce(save, { text, note }), { onSuccess: () => store.sent({ text, note: draft.note ?? '' }) })}
              busy={save.isPending}
            >
              Save script
            </Button>
          </div>
        )}
      </div>
      <VoicePicker voices={voices} chosen={voice} onChoose={(next) => change({ voice: next.id })} />
      <DeliveryControls
        voice={voice}
        delivery={delivery}
        marked={marks(text).some((mark) => mark.kind === 'emphasis')}
        onChange={(next) => change({ delivery: next })}
      />
      {problem && !textProblem && (
        <Note tone="bad" live>
          <strong>{problem.title}.</strong> {problem.message} {problem.fields.map((one) => one.message).join(' ')} Your draft is kept.
          {mayBeDone(problem) && ' Ask again: it will not be done twice.'}
        </Note>
      )}
      <GenerateBar store={store} parent={parent} newest={newest} busy={generate.isPending} takes={takes} limitsLink={limitsLink} onGenerate={submit} />
    </section>
  );
}

/** The wanted voice if it is offered, else one that speaks the asset's language, else the first. */
function chosenVoice(voices: readonly Voice[], wanted: string | undefined, language: string): Voice {
  const voice = voices.find((one) => one.id === wanted) ?? voices.find((one) => one.language === language) ?? voices[0];
  if (!voice) throw new Error('No voice is installed');
  return voice;
}
