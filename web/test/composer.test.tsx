import { expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import type { Asset, Version, Voice } from '../src/api/types.ts';
import { Composer } from '../src/features/generations/composer.tsx';
import { useDraft } from '../src/features/generations/draft.ts';
import { asset, generation, plainVoice, version, voice } from './made.ts';
import { problem, serve } from './network.ts';
import { show } from './show.tsx';

const CHECK = { characters: 29, spoken_characters: 29, maximum: 20_000, estimated_ms: 2400, warnings: [], errors: [] };
const ROUTES = {
  'POST /api/v1/assets/a-1/scripts/check': CHECK,
  'POST /api/v1/assets/a-1/generations': generation({ status: 'queued' }),
  'POST /api/v1/assets/a-1/scripts': { id: 's-9', asset_id: 'a-1', number: 2 },
};

interface BenchProps {
  of?: Asset;
  voices?: Voice[];
  newest?: Version;
}

/** The composer with a draft, as the asset's page holds it. */
function Bench({ of = asset(), voices = [voice()], newest }: BenchProps) {
  const store = useDraft(of.id);
  return (
    <>
      {newest && <button onClick={() => store.startFrom(newest)}>Start from it</button>}
      <Composer asset={of} voices={voices} store={store} last={newest} newest={newest} onGenerate={() => undefined} />
    </>
  );
}

test('the selected word is emphasised by button and by key, and undo takes it back', async () => {
  serve(ROUTES);
  const screen = await show(<Bench />);
  const script = screen.getByRole('textbox', { name: 'Script' });
  const area = script.element() as HTMLTextAreaElement;
  area.focus();
  area.setSelectionRange(11, 20);
  await screen.getByRole('button', { name: 'Emphasise' }).click();
  await expect.element(script).toHaveValue('Welcome to *Northwind* support.');
  expect(area.value.slice(area.selectionStart, area.selectionEnd), 'the word stays selected').toBe('Northwind');
  await userEvent.keyboard('{Control>}e{/Control}');
  await expect.element(script).toHaveValue('Welcome to Northwind support.');
  await userEvent.keyboard('{Control>}z{/Control}');
  await expect.element(script).toHaveValue('Welcome to *Northwind* support.');
});

test('only what the voice can do is offered, and what it only comes near is marked', async () => {
  serve(ROUTES);
  const screen = await show(<Bench voices={[voice(), plainVoice()]} />);
  await expect.element(screen.getByRole('radio', { name: 'Warm' })).toBeVisible();
  await expect.element(screen.getByRole('slider', { name: 'Pitch' })).toBeVisible();
  expect(screen.getByText('approximate').elements()).toHaveLength(1);

  await screen.getByRole('button', { name: 'Change voice' }).click();
  await screen.getByRole('radio', { name: 'Sine' }).click();
  await screen.getByRole('button', { name: 'Use Sine' }).click();
  await expect.element(screen.getByRole('slider', { name: 'Speed' })).toBeVisible();
  expect(screen.getByRole('slider').elements(), 'speed alone is left').toHaveLength(1);
  expect(screen.getByRole('radio').elements()).toHaveLength(0);
});

test('a voice that charges says what, and a free one says nothing of it', async () => {
  serve(ROUTES);
  const dear = voice({ id: 'speech/joe', name: 'Joe', price_micros_per_1000_characters: 15_000, price_currency: 'EUR' });
  const screen = await show(<Bench voices={[voice(), dear]} />);
  await expect.element(screen.getByText('Heart')).toBeVisible();
  expect(screen.getByText('Charges').elements()).toHaveLength(0);
  await screen.getByRole('button', { name: 'Change voice' }).click();
  await screen.getByRole('radio', { name: 'Joe' }).click();
  await screen.getByRole('button', { name: 'Use Joe' }).click();
  await expect.element(screen.getByText('Charges 0.015 EUR per 1,000 characters')).toBeVisible();
});

test('generating sends the words, the voice, its delivery and the parent, under a key of its own', async () => {
  const asked = serve(ROUTES);
  const screen = await show(<Bench newest={version()} />);
  await screen.getByRole('radio', { name: 'Calm' }).click();
  await screen.getByRole('textbox', { name: 'Why this take' }).fill('Calmer');
  await screen.getByRole('button', { name: 'Generate' }).click();
  await expect.poll(() => asked.filter(({ path }) => path.endsWith('/generations')).length).toBe(1);
  await expect.element(screen.getByRole('textbox', { name: 'Why this take' })).toHaveValue('');
  await screen.getByRole('button', { name: 'Generate' }).click();
  await expect.poll(() => asked.filter(({ path }) => path.endsWith('/generations')).length).toBe(2);
  const [first, second] = asked.filter(({ path }) => path.endsWith('/generations'));
  expect(first?.body).toMatchObject({
    text: 'Welcome to Northwind support.',
    voice: 'hibari/heart',
    delivery: { tone: 'calm', speed: 1, pitch: 0 },
    reason: 'Calmer',
    parent_version_id: 'v-2',
  });
  const keys = [first, second].map((one) => one?.headers.get('Idempotency-Key'));
  expect(new Set(keys).size, 'one key a click').toBe(2);
});

test('a voice is asked only for what it can do, within its range', async () => {
  const asked = serve(ROUTES);
  const before = version({ voice: 'tone/sine', delivery: { tone: 'warm', speed: 1.9, emphasis: 2, pitch: 3, sentence_gap_ms: 900 } });
  const screen = await show(<Bench voices={[plainVoice()]} newest={before} />);
  await screen.getByRole('button', { name: 'Generate' }).click();
  await expect.poll(() => asked.find(({ path }) => path.endsWith('/generations'))?.body).toHaveProperty('delivery', { speed: 1.3 });
});

test('a note on the wording is kept with the script that the generation speaks', async () => {
  const asked = serve(ROUTES);
  const screen = await show(<Bench />);
  await screen.getByRole('textbox', { name: 'Script' }).fill('Hello there.');
  await screen.getByRole('textbox', { name: 'Why the wording changed' }).fill('Shorter');
  await screen.getByRole('button', { name: 'Generate' }).click();
  await expect.poll(() => asked.find(({ path }) => path.endsWith('/generations'))?.body).toMatchObject({ script_id: 's-9' });
  expect(asked.find(({ path }) => path.endsWith('/scripts'))?.body).toEqual({ text: 'Hello there.', note: 'Shorter' });
});

test('a refused generation says why and keeps the draft', async () => {
  serve({
    ...ROUTES,
    'POST /api/v1/assets/a-1/generations': () => problem(429, 'Too many requests', 'You may start 60 generations a minute.'),
  });
  const screen = await show(<Bench />);
  await screen.getByRole('textbox', { name: 'Script' }).fill('My new words.');
  await screen.getByRole('button', { name: 'Generate' }).click();
  await expect.element(screen.getByRole('alert')).toMatchTextContent('You may start 60 generations a minute. Your draft is kept.');
  await screen.unmount();
  const again = await show(<Bench />);
  await expect.element(again.getByRole('textbox', { name: 'Script' })).toHaveValue('My new words.');
  await again.getByRole('button', { name: 'Discard draft' }).click();
  await expect.element(again.getByRole('textbox', { name: 'Script' })).toHaveValue('Welcome to Northwind support.');
});

test('a finding of the check selects its place in the script', async () => {
  const warning = { message: 'No voice can say 👋.', position: 6, field: 'text' };
  serve({ ...ROUTES, 'POST /api/v1/assets/a-1/scripts/check': { ...CHECK, warnings: [warning] } });
  const screen = await show(<Bench of={asset({ script: { id: 's-1', number: 1, text: 'Hello 👋 you' } })} />);
  await screen.getByRole('button', { name: 'No voice can say' }).click();
  const area = screen.getByRole('textbox', { name: 'Script' }).element() as HTMLTextAreaElement;
  expect(area.value.slice(area.selectionStart, area.selectionEnd)).toBe('👋');
});

test('starting from a version brings its words, delivery and number', async () => {
  serve(ROUTES);
  const older = version({ number: 7, delivery: { ...version().delivery, speed: 0.9, tone: 'warm' } });
  const screen = await show(<Bench newest={older} />);
  await screen.getByRole('button', { name: 'Start from it' }).click();
  await expect.element(screen.getByRole('textbox', { name: 'Script' })).toHaveValue(older.script.text);
  await expect.element(screen.getByRole('slider', { name: 'Speed' })).toHaveValue('0.9');
  await expect.element(screen.getByRole('radio', { name: 'Warm' })).toBeChecked();
  await expect.element(screen.getByText('from v7')).toBeVisible();
});
