/** A comparison as a page has it, for the tests of all that stands on it. */
import { useState } from 'react';
import { beforeEach, vi } from 'vitest';
import type { Comparison, Preference, PreferencePage, Version } from '../src/api/types.ts';
import { beginComment } from '../src/app/compareComments.tsx';
import { BriefComments } from '../src/features/comments/brief.tsx';
import { Compare } from '../src/features/compare/compare.tsx';
import { toneUrl, version, voice } from './made.ts';
import { serve } from './network.ts';
import { show } from './show.tsx';

const PROJECT = { id: 'pr-1', key: 'northwind', name: 'Northwind', roles: ['author' as const], can: [] };
export const MARA = { id: 'p-1', name: 'Mara Lindqvist' };
const CAN: Version['can'] = ['version.prefer'];
export const TAKES = [
  version({ id: 'v-1', number: 1, reason: 'First try', applied_delivery: { speed: 1 }, can: CAN }),
  version({ id: 'v-2', number: 2, reason: 'Slower', delivery: { ...version().delivery, speed: 0.8 }, applied_delivery: { speed: 0.85 }, can: CAN }),
  version({ id: 'v-3', number: 3, voice: 'tone/sine', can: CAN }),
];

function side(of: Version): Comparison['left'] {
  const { id, number, provider, status, reason, created_at, created_by } = of;
  const asset = { id: of.asset_id, key: 'support/greeting', title: 'Greeting', language: 'en-US' };
  return { id, number, asset, script_number: number, script_note: null, voice: of.voice, provider, status, dropped: of.audio.dropped !== null, reason, created_at, created_by };
}

const step = (of: Version, note: string | null) => ({ ...side(of), script_note: note });

export function comparison(left: Version, right: Version, other: Partial<Comparison> = {}): Comparison {
  return {
    left: side(left),
    right: side(right),
    same_asset: true,
    script: {
      same: false,
      pieces: [
        { kind: 'same', text: 'It arrives on ' },
        { kind: 'removed', text: 'Tuesday' },
        { kind: 'added', text: '*Thursday*' },
        { kind: 'same', text: '.' },
      ],
      same_words: 3,
      removed_words: 1,
      added_words: 1,
    },
    voice: null,
    provider: null,
    delivery: [],
    applied: [],
    measurements: [
      { name: 'duration_ms', unit: 'ms', left: 4200, right: 5250, delta: 1050 },
      { name: 'loudness_lufs', unit: 'LUFS', left: -20.1, right: null, delta: null },
      { name: 'pauses', unit: '', left: 2, right: 3, delta: 1 },
    ],
    lineage: { relation: 'ancestor', ancestor: step(left, null), left_steps: 0, right_steps: 1, left: [], right: [step(right, 'The carrier is late')] },
    aligned: null,
    ...other,
  };
}

function same(of: Version): Comparison {
  const measurements = comparison(of, of).measurements.map((one) => ({ ...one, right: one.left, delta: one.left === null ? null : 0 }));
  return comparison(of, of, { measurements });
}

export function preference(other: Partial<Preference> = {}): Preference {
  const ids = { version_ids: ['v-2', 'v-1'], preferred_id: 'v-2' };
  return { id: 'pf-1', project_id: 'pr-1', asset_id: 'a-1', ...ids, note: 'Calmer', person: MARA, at: '2026-11-22T10:00:00Z', ...other };
}

const NONE: PreferencePage = { items: [], next_cursor: null, counts: [] };
let wav: ArrayBuffer;

beforeEach(async () => {
  wav = await (await fetch(toneUrl(2))).arrayBuffer();
});

/** The audio of each take. */
export const wave = () => wav.slice(0);

function routes(takes: readonly Version[]) {
  const each = takes.flatMap((take) => [
    [`GET /api/v1/versions/${take.id}/audio`, () => new Response(wave(), { headers: { 'content-type': 'audio/wav' } })],
    [`GET /api/v1/versions/${take.id}/words`, { source: 'provider', items: [{ text: `Word${take.number}`, start_ms: 100, end_ms: 400, emphasised: false }] }],
    [`GET /api/v1/versions/${take.id}/comments`, { items: [], next_cursor: null }],
    [`GET /api/v1/versions/${take.id}/waveform`, { samples_per_peak: 256, sample_rate_hz: 24_000, length: 2, peaks: [-90, 100, -20, 30] }],
    ...takes.map((other) => [`GET /api/v1/versions/${take.id}/compare/${other.id}`, take === other ? same(take) : comparison(take, other)] as const),
  ]);
  return { ...(Object.fromEntries(each) as Record<string, object>), 'GET /api/v1/projects/pr-1/preferences': NONE as object, 'GET /api/v1/assets/a-1/versions': { items: TAKES, next_cursor: null } };
}

export const choose = vi.fn<(ids: readonly string[]) => void>();
export const base = vi.fn<(id: string) => void>();

function Comparing({ takes }: { takes: readonly Version[] }) {
  const [blind, setBlind] = useState(false);
  return (
    <Compare
      project={PROJECT}
      versions={takes}
      base={undefined}
      onBase={base}
      blind={blind}
      onBlind={setBlind}
      voices={[voice()]}
      onChoose={choose}
      renderComments={(of, place) => <BriefComments version={of} person="p-1" members={[]} name={`version ${of.number}`} onHear={place.hear} position={place.position} />}
      onComment={(of, atMs) => beginComment('p-1', of.id, of.audio.duration_ms, atMs)}
    />
  );
}

export async function compare(takes: readonly Version[] = TAKES.slice(0, 2), more: Record<string, object> = {}) {
  const asked = serve({ ...routes(takes), ...more });
  const screen = await show(<Comparing takes={takes} />);
  return { screen, asked };
}
