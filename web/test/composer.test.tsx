import { expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import { Bench, CHECK, ROUTES } from './bench.tsx';
import { asset, generation, plainVoice, version, voice } from './made.ts';
import { problem, serve, type Asked } from './network.ts';
import { show } from './show.tsx';

function generations(asked: readonly Asked[]): Asked[] {
  return asked.filter(({ path }) => path.endsWith('/generations'));
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
  await expect.poll(() => generations(asked).length).toBe(1);
  await expect.element(screen.getByRole('textbox', { name: 'Why this take' })).toHaveValue('');
  await screen.getByRole('button', { name: 'Generate' }).click();
  await expect.poll(() => generations(asked).length).toBe(2);
  const [first, second] = generations(asked);
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

test('a script that is too long says so by its counter at once, and only once', async () => {
  const error = { field: 'text', message: 'This has 20,100 characters; at most 20,000 are allowed.', position: null };
  serve({ ...ROUTES, 'POST /api/v1/assets/a-1/scripts/check': { ...CHECK, errors: [error] } });
  const screen = await show(<Bench />);
  const script = screen.getByRole('textbox', { name: 'Script' });
  await script.fill('a'.repeat(20_100));
  await expect.element(script).toHaveAccessibleDescription(/20,100 of 20,000 characters\s*100 too many/);
  await expect.element(script).toHaveAttribute('aria-invalid', 'true');
  expect(screen.getByText(/at most 20,000 are allowed/).elements()).toHaveLength(0);
});

test('a finding tells its line and its character, as people count them', async () => {
  const error = { field: 'text', message: 'This * opens an emphasis that does not end.', position: 10 };
  serve({ ...ROUTES, 'POST /api/v1/assets/a-1/scripts/check': { ...CHECK, errors: [error] } });
  const screen = await show(<Bench of={asset({ script: { id: 's-1', number: 1, text: 'Hello 👋\nI *mean it' } })} />);
  await screen.getByRole('button', { name: 'Line 2, character 3' }).click();
  const area = screen.getByRole('textbox', { name: 'Script' }).element() as HTMLTextAreaElement;
  expect([area.selectionStart, area.value.charAt(area.selectionStart)]).toEqual([11, '*']);
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

test('a key held down, or pressed twice, is one generation', async () => {
  const asked = serve(ROUTES);
  const screen = await show(<Bench />);
  const area = screen.getByRole('textbox', { name: 'Script' }).element();
  const press = (repeat: boolean) => area.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true, bubbles: true, repeat }));
  press(false);
  press(false);
  await expect.poll(() => generations(asked).length).toBe(1);
  await new Promise((done) => setTimeout(done, 300));
  press(true);
  await new Promise((done) => setTimeout(done, 300));
  expect(generations(asked)).toHaveLength(1);
  press(false);
  await expect.poll(() => generations(asked).length, { message: 'done with the first, it makes a second' }).toBe(2);
});

test('without an answer nobody says that nothing was done, and the next click asks the same under the same key', async () => {
  let reachable = false;
  const asked = serve({
    ...ROUTES,
    'POST /api/v1/assets/a-1/generations': () => {
      if (!reachable) throw new TypeError('Failed to fetch');
      return generation({ status: 'queued' });
    },
  });
  const screen = await show(<Bench newest={version()} />);
  await screen.getByRole('textbox', { name: 'Script' }).fill('Hello there.');
  await screen.getByRole('textbox', { name: 'Why the wording changed' }).fill('Shorter');
  await screen.getByRole('button', { name: 'Generate' }).click();
  await expect.element(screen.getByRole('alert'), { timeout: 10_000 }).toMatchTextContent(/It may or may not have been done\..*Your draft is kept\./);
  expect(screen.getByText('Nothing was changed').elements()).toHaveLength(0);
  reachable = true;
  const before = generations(asked).length;
  await screen.getByRole('button', { name: 'Generate' }).click();
  await expect.poll(() => generations(asked).length).toBe(before + 1);
  const sent = generations(asked).map(({ headers, body }) => JSON.stringify([headers.get('Idempotency-Key'), body]));
  expect(new Set(sent).size, 'the same request').toBe(1);

  await expect.element(screen.getByRole('textbox', { name: 'Script' })).toHaveValue('Welcome to Northwind support.');
  await screen.getByRole('button', { name: 'Generate' }).click();
  await expect.poll(() => generations(asked).at(-1)?.headers.get('Idempotency-Key')).not.toBe(generations(asked)[0]?.headers.get('Idempotency-Key'));
});

test('after a lost answer, other words are another request', async () => {
  const asked = serve({ ...ROUTES, 'POST /api/v1/assets/a-1/generations': () => problem(502, 'Bad gateway', 'No answer from behind.') });
  const screen = await show(<Bench />);
  for (const [count, words] of ['One.', 'Two.'].entries()) {
    await screen.getByRole('textbox', { name: 'Script' }).fill(words);
    await screen.getByRole('button', { name: 'Generate' }).click();
    await expect.poll(() => generations(asked).length).toBe(count + 1);
    await expect.element(screen.getByRole('alert')).toBeVisible();
  }
  expect(new Set(generations(asked).map(({ headers }) => headers.get('Idempotency-Key'))).size).toBe(2);
});
