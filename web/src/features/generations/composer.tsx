/** Where a take is made: the words, the voice, the delivery, and the button. */
import { useQuery } from '@tanstack/react-query';
import { useId, useRef, type ReactNode } from 'react';
import { asProblem } from '../../api/client.ts';
import type { Asset, Generation, Limits, Version, Voice } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { Note } from '../../ui/state.tsx';
import styles from './composer.module.css';
import { forecast } from './budget.ts';
import { within } from './delivery.ts';
import { DeliveryControls } from './deliveryControls.tsx';
import type { DraftStore } from './draft.ts';
import { GenerateBar } from './generateBar.tsx';
import { codePoints, marks, unitsBefore } from './markup.ts';
import { newKey, useGenerate, useSaveScript } from './mutations.ts';
import { checkQuery } from './queries.ts';
import { ScriptEditor } from './scriptEditor.tsx';
import { ScriptFindings } from './scriptFindings.tsx';
import { useOnceQuiet } from './useOnceQuiet.ts';
import { VoicePicker } from './voicePicker.tsx';

interface ComposerProps {
  asset: Asset;
  voices: readonly Voice[];
  store: DraftStore;
  /** What voice and delivery go on from. */
  last: Generation | Version | undefined;
  newest: Version | undefined;
  /** The project's budgets, once they are known. */
  limits?: Limits | undefined;
  limitsLink?: ReactNode;
  onGenerate: () => void;
}

export function Composer({ asset, voices, store, last, newest, limits, limitsLink, onGenerate }: ComposerProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const figures = useId();
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
  const generate = useGenerate(asset.id);
  const save = useSaveScript(asset.id);
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
    if (takes?.level === 'over') return;
    const reason = draft.reason?.trim();
    const ask = { text, note: changed ? note : '', key: newKey(), voice: voice.id, delivery, ...(reason && { reason }) };
    generate.mutate({ ...ask, ...(parent && { parent_version_id: parent.id }) }, { onSuccess: () => store.sent(draft) });
    onGenerate();
  };
  return (
    <section className={styles.composer} aria-label="Compose">
      <div className={styles.block}>
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
        <ScriptFindings id={figures} characters={codePoints(text)} check={findings} onSelect={select} />
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
              onClick={() => save.mutate({ text, note }, { onSuccess: () => store.sent({ text, note: draft.note ?? '' }) })}
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
