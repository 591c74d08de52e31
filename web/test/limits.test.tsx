import { expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import type { Limits as Figures, Voice } from '../src/api/types.ts';
import { forecast } from '../src/features/generations/budget.ts';
import { Composer } from '../src/features/generations/composer.tsx';
import { Limits } from '../src/features/limits/limits.tsx';
import { daysOf, topOf } from '../src/features/limits/month.ts';
import { asset, generation, limits, voice } from './made.ts';
import { problem, serve } from './network.ts';
import { show } from './show.tsx';

const PROJECT = { id: 'pr-1', key: 'northwind', name: 'Northwind', roles: ['owner' as const], can: [] };
const PATH = '/api/v1/projects/pr-1/limits';
const CHARGED = { price_micros_per_1000_characters: 15_000_000, price_currency: 'USD' };

test('what is gone, on its way and left stands in figures, in a chart with words, and in a table', async () => {
  serve({ [`GET ${PATH}`]: limits() });
  const screen = await show(<Limits project={PROJECT} />);
  const budget = screen.getByRole('region', { name: 'Characters this month' });
  await expect.element(budget).toMatchTextContent('Used17,000On its way886Left982,114');
  const chart = budget.getByRole('img', { name: 'Use of characters by day' });
  await expect.element(chart).toHaveAccessibleDescription(
    '17,000 used so far, of a limit of 1,000,000. Most characters in a day: 12,000 on 20 November.',
  );
  await budget.getByText('As a table').click();
  await expect.element(budget.getByRole('row', { name: '20 November 12,000 17,000' })).toBeVisible();
  await expect.element(screen.getByRole('row', { name: 'Mara Lindqvist 17,000' })).toBeVisible();
  await expect.element(screen.getByText('60 generations a minute, 120 at once after a rest')).toBeVisible();
  expect(screen.getByRole('region', { name: 'Money this month' }).elements(), 'nothing is charged').toHaveLength(0);
});

test('money stands beside it once there is a price', async () => {
  const money = { ...limits().money, limit_micros: 20_000_000, used_micros: 18_500_000, left_micros: 1_500_000 };
  serve({ [`GET ${PATH}`]: limits({ money, usage: [{ day: '2026-11-03', characters: 9, money_micros: 18_500_000 }] }) });
  const screen = await show(<Limits project={PROJECT} />);
  const budget = screen.getByRole('region', { name: 'Money this month' });
  await expect.element(budget).toMatchTextContent('UsedUSD 18.50On its wayUSD 0.00LeftUSD 1.50');
  await expect.element(budget).toMatchTextContent('93 % of this month’s budget is gone.');
});

test('members read, owners change, and only what they changed is sent', async () => {
  const asked = serve({ [`GET ${PATH}`]: limits(), [`PATCH ${PATH}`]: limits({ concurrency: { limit: 2, running: 0, waiting: 0 } }) });
  const screen = await show(<Limits project={PROJECT} />);
  await screen.getByRole('button', { name: 'Change limits' }).click();
  await screen.getByRole('textbox', { name: 'Reason' }).fill('Fewer at once');
  await screen.getByRole('button', { name: 'Save limits' }).click();
  await expect.element(screen.getByText('Nothing is different yet')).toBeVisible();
  await screen.getByRole('textbox', { name: 'Running at once' }).fill('2');
  await screen.getByRole('textbox', { name: 'Money a month' }).fill('12.50');
  await screen.getByRole('textbox', { name: 'Characters a month' }).fill('2,000,000');
  await screen.getByRole('button', { name: 'Save limits' }).click();
  await expect.element(screen.getByText('2 generations run at once')).toBeVisible();
  expect(screen.getByRole('dialog').elements()).toHaveLength(0);
  expect(asked.find(({ method }) => method === 'PATCH')?.body).toEqual({
    characters: { limit: 2_000_000 },
    money: { limit_micros: 12_500_000 },
    generations: { person: {}, project: {} },
    concurrency: { limit: 2 },
    reason: 'Fewer at once',
  });
  await screen.unmount();
  serve({ [`GET ${PATH}`]: limits({ can: [] }) });
  const reader = await show(<Limits project={PROJECT} />);
  await expect.element(reader.getByText('Owners of the project set them.')).toBeVisible();
  expect(reader.getByRole('button', { name: 'Change limits' }).elements()).toHaveLength(0);
});

test('a limit the server refuses is named at its field, and what was typed stays', async () => {
  serve({
    [`GET ${PATH}`]: limits(),
    [`PATCH ${PATH}`]: () =>
      problem(422, 'Not valid', 'Wrong.', [{ field: 'concurrency.limit', message: 'At least 1.' }, { field: 'money.limit_micros', message: 'At most 9,000,000,000,000.' }]),
  });
  const screen = await show(<Limits project={PROJECT} />);
  await screen.getByRole('button', { name: 'Change limits' }).click();
  const field = screen.getByRole('textbox', { name: 'Running at once' });
  await field.fill('none');
  await screen.getByRole('button', { name: 'Save limits' }).click();
  await expect.element(field).toHaveAccessibleDescription(/^At least 1\./);
  await expect.element(field).toHaveValue('none');
  const money = screen.getByRole('textbox', { name: 'Money a month' });
  await expect.element(money).toHaveAccessibleDescription(/^At most 9,000,000\./);
});

test('when they cannot be fetched it says so and tries again', async () => {
  let broken = true;
  serve({ [`GET ${PATH}`]: () => (broken ? problem(503, 'Not available now', 'The database does not answer.') : limits()) });
  const screen = await show(<Limits project={PROJECT} />);
  await expect.element(screen.getByRole('alert')).toMatchTextContent('The database does not answer.');
  broken = false;
  await screen.getByRole('button', { name: 'Try again' }).click();
  await expect.element(screen.getByRole('heading', { name: 'Limits' })).toBeVisible();
});

test('a month has all its days, and the limit is drawn only when it is in sight', () => {
  const days = daysOf('2028-02-01', [{ day: '2028-02-02', used: 5 }], '2028-02-03');
  expect(days).toHaveLength(29);
  expect(days[2]).toEqual({ day: '2028-02-03', number: 3, used: 0, total: 5, past: true });
  expect(days[3]?.past).toBe(false);
  expect(topOf(0, null)).toBe(1);
  expect(topOf(10, 1000)).toBeLessThan(1000);
  expect(topOf(500, 1000)).toBeGreaterThan(1000);
});

test('a generation is forecast in characters, and in money where the voice has a price', () => {
  const priced = voice(CHARGED);
  const money = { ...limits().money, limit_micros: 20_000_000, left_micros: 20_000_000 };
  expect(forecast(limits(), voice(), 118)).toEqual({ level: 'plain', text: 'Uses 118 of 982,114 characters left this month' });
  expect(forecast(limits(), priced, 118).text).toBe('Uses 118 of 982,114 characters left this month, costs USD 1.77');
  expect(forecast(limits({ money }), priced, 118).text).toBe('Uses 118 of 982,114 characters left this month, costs USD 1.77 of USD 20.00 left');
  expect(forecast(limits({ money: { ...money, left_micros: 1_769_999 } }), priced, 118)).toEqual({
    level: 'over',
    text: 'This costs USD 1.77, and USD 1.76 is left until 1 December. An owner can raise the limit.',
  });
});

function Bench({ of, voices = [voice()] }: { of: Figures; voices?: Voice[] }) {
  const nothing = { last: undefined, newest: undefined, onGenerated: () => undefined, onChanged: () => Promise.resolve() };
  return <Composer person="p-1" asset={asset()} voices={voices} limits={of} {...nothing} />;
}

const ROUTES = {
  'POST /api/v1/assets/a-1/scripts/check': { characters: 29, spoken_characters: 29, maximum: 20_000, estimated_ms: 2400, warnings: [], errors: [] },
  'POST /api/v1/assets/a-1/generations': generation({ status: 'queued' }),
};

test('the composer says what is left, warns when little is, and asks for nothing that cannot be', async () => {
  const asked = serve(ROUTES);
  const { characters } = limits();
  const screen = await show(<Bench of={limits()} />);
  const button = screen.getByRole('button', { name: 'Generate' });
  await expect.element(button).toHaveAccessibleDescription('Uses 29 of 982,114 characters left this month');
  await screen.unmount();
  const little = await show(<Bench of={limits({ characters: { ...characters, limit: 1000, used: 900, reserved: 0, left: 100 } })} />);
  await expect.element(little.getByText('Uses 29 of 100 characters left this month: 92 % of the budget will be gone')).toBeVisible();
  await little.unmount();
  const spent = await show(<Bench of={limits({ characters: { ...characters, limit: 1000, used: 980, reserved: 0, left: 20 } })} />);
  const disabled = spent.getByRole('button', { name: 'Generate' });
  await expect.element(disabled).toHaveAttribute('aria-disabled', 'true');
  await expect.element(disabled).toHaveAccessibleDescription('This takes 29 characters, and 20 are left until 1 December. An owner can raise the limit.');
  (disabled.element() as HTMLButtonElement).click();
  (spent.getByRole('textbox', { name: 'Script' }).element() as HTMLTextAreaElement).focus();
  await userEvent.keyboard('{Control>}{Enter}{/Control}');
  expect(asked.filter(({ path }) => path.endsWith('/generations'))).toHaveLength(0);
});
