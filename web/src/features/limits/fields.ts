/** The limits as the fields of a form: where the API names each, and how what is typed becomes a change. */
import type { Limits, LimitsChange } from '../../api/types.ts';

interface LimitField {
  readonly label: string;
  readonly hint: string;
  /** As the server's errors name it. */
  readonly path: string;
}

export const FIELDS = {
  characters: { label: 'Characters a month', hint: 'What is spoken, without markup', path: 'characters.limit' },
  money: { label: 'Money a month', hint: 'Empty: no limit', path: 'money.limit_micros' },
  currency: { label: 'Currency', hint: 'Three letters, such as EUR', path: 'money.currency' },
  personPerMinute: { label: 'Each member, a minute', hint: 'Generations, on average', path: 'generations.person.per_minute' },
  personBurst: { label: 'Each member, at once', hint: 'After a rest', path: 'generations.person.burst' },
  projectPerMinute: { label: 'All members, a minute', hint: 'Generations, on average', path: 'generations.project.per_minute' },
  projectBurst: { label: 'All members, at once', hint: 'After a rest', path: 'generations.project.burst' },
  concurrency: { label: 'Running at once', hint: 'The rest waits its turn', path: 'concurrency.limit' },
} as const satisfies Record<string, LimitField>;

export type FieldName = keyof typeof FIELDS;

export const MICROS = 1_000_000;

/** What stands in each field. */
export function valuesOf({ characters, money, generations: { person, project }, concurrency }: Limits): Record<FieldName, string> {
  return {
    characters: String(characters.limit),
    money: money.limit_micros === null ? '' : String(money.limit_micros / MICROS),
    currency: money.currency,
    personPerMinute: String(person.per_minute),
    personBurst: String(person.burst),
    projectPerMinute: String(project.per_minute),
    projectBurst: String(project.burst),
    concurrency: String(concurrency.limit),
  };
}

/** What to send; `null` when nothing differs from `before`. */
export function changeOf(before: Record<FieldName, string>, typed: (name: FieldName) => string, reason: string): LimitsChange | null {
  const different = new Set((Object.keys(FIELDS) as FieldName[]).filter((name) => typed(name) !== before[name]));
  if (different.size === 0) return null;
  const take = (name: FieldName, part: (value: number) => object) => (different.has(name) ? part(number(typed(name))) : {});
  return {
    ...take('characters', (limit) => ({ characters: { limit } })),
    ...((different.has('money') || different.has('currency')) && {
      money: {
        ...(different.has('money') && { limit_micros: typed('money') === '' ? null : Math.round(number(typed('money')) * MICROS) }),
        ...(different.has('currency') && { currency: typed('currency').toUpperCase() }),
      },
    }),
    generations: {
      person: { ...take('personPerMinute', (per_minute) => ({ per_minute })), ...take('personBurst', (burst) => ({ burst })) },
      project: { ...take('projectPerMinute', (per_minute) => ({ per_minute })), ...take('projectBurst', (burst) => ({ burst })) },
    },
    ...take('concurrency', (limit) => ({ concurrency: { limit } })),
    reason,
  };
}

/** As people write it, with or without separators. What is no number at all is -1, which the server refuses by its bounds. */
function number(text: string): number {
  const value = Number(text.replaceAll(/[\s,_]/g, ''));
  return text === '' || Number.isNaN(value) ? -1 : value;
}
