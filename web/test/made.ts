/** Things as the API gives them. Each takes what a test wants otherwise. */
import type { Asset, Generation, Limits, Review, Verdict, Version, Voice, WholeEvent } from '../src/api/types.ts';

const MARA = { id: 'p-1', name: 'Mara Lindqvist' };
const TIME = '2026-11-22T10:00:00Z';
const PLAIN = { tone: 'neutral', speed: 1, emphasis: 1, pitch: 0, sentence_gap_ms: 250 };

export function asset(other: Partial<Asset> = {}): Asset {
  return {
    id: 'a-1',
    project_id: 'pr-1',
    key: 'support/greeting',
    title: 'Greeting',
    language: 'en-US',
    tags: ['support'],
    owner: MARA,
    status: null,
    created_at: TIME,
    updated_at: TIME,
    script: { id: 's-1', number: 1, text: 'Welcome to Northwind support.' },
    latest_version: null,
    version_count: 0,
    can: ['asset.update', 'script.create', 'generation.request'],
    ...other,
  };
}

export function voice(other: Partial<Voice> = {}): Voice {
  return {
    id: 'hibari/heart',
    name: 'Heart',
    description: 'A clear voice',
    provider: 'hibari',
    language: 'en-US',
    licence: 'Apache-2.0',
    words_per_minute: 170,
    price_micros_per_1000_characters: 0,
    price_currency: null,
    sample_url: null,
    capabilities: {
      tones: ['neutral', 'warm', 'calm'],
      tone: 'native',
      speed: { support: 'native', minimum: 0.7, maximum: 1.3, default: 1 },
      emphasis: { support: 'native', minimum: 0, maximum: 2, default: 1 },
      pitch: { support: 'approximate', minimum: -2, maximum: 2, default: 0 },
      sentence_gap_ms: { support: 'native', minimum: 0, maximum: 2000, default: 250 },
      pauses: 'native',
      word_timings: true,
    },
    ...other,
  };
}

/** A voice that only knows its pace. */
export function plainVoice(): Voice {
  const { capabilities } = voice();
  const ignored = { support: 'ignored', minimum: 0, maximum: 0, default: 0 } as const;
  return voice({
    id: 'tone/sine',
    name: 'Sine',
    provider: 'tone',
    capabilities: { ...capabilities, tones: ['neutral'], tone: 'ignored', emphasis: ignored, pitch: ignored, sentence_gap_ms: ignored },
  });
}

export function generation(other: Partial<Generation> = {}): Generation {
  return {
    id: 'g-1',
    project_id: 'pr-1',
    asset_id: 'a-1',
    script: { id: 's-1', number: 1 },
    voice: 'hibari/heart',
    provider: 'hibari',
    delivery: PLAIN,
    reason: null,
    parent_version_id: null,
    unspoken: [],
    status: 'running',
    progress: 0.5,
    attempt: 1,
    error: null,
    version_id: null,
    created_at: TIME,
    started_at: TIME,
    finished_at: null,
    requested_by: MARA,
    can: ['generation.cancel'],
    ...other,
  };
}

export function version(other: Partial<Version> = {}): Version {
  return {
    id: 'v-2',
    number: 2,
    project_id: 'pr-1',
    asset_id: 'a-1',
    generation_id: 'g-1',
    parent_version_id: 'v-1',
    changes: null,
    script: { id: 's-2', number: 2, text: 'Welcome to Northwind support. It arrives on Thursday.' },
    voice: 'hibari/heart',
    provider: 'hibari',
    delivery: PLAIN,
    applied_delivery: { speed: 1.02 },
    provider_metadata: { engine: 'hibari' },
    unspoken: [],
    status: 'draft',
    reason: 'A better day',
    created_at: TIME,
    created_by: MARA,
    fingerprint: 'f'.repeat(64),
    comments: { open: 0, all: 0 },
    changes_requested: null,
    audio: { sha256: 'a'.repeat(64), media_type: 'audio/flac', duration_ms: 4200, sample_rate_hz: 24_000, bytes: 123_456, dropped: null, earlier_drops: [] },
    measurements: {
      loudness_lufs: -20.1,
      true_peak_dbtp: -1.3,
      words_per_minute: 165,
      lead_silence_ms: 30,
      tail_silence_ms: 67,
      longest_pause_ms: 395,
      clipped_samples: 0,
    },
    checks: { state: 'done', passed: 9, warnings: 0, blockers: 0, waived: 0, skipped: 0 },
    can: [],
    ...other,
  };
}

export function review(other: Partial<Review> = {}): Review {
  return {
    id: 'rv-1',
    project_id: 'pr-1',
    asset: { id: 'a-1', key: 'support/greeting', title: 'Greeting', language: 'en-US' },
    version: { id: 'v-2', number: 2, status: 'in_review', voice: 'hibari/heart', duration_ms: 4200, fingerprint: 'f'.repeat(64), created_by: MARA, checks: version().checks, comments: { open: 0, all: 0 } },
    requested_by: MARA,
    reason: 'Is the day right?',
    created_at: TIME,
    due_at: null,
    state: 'open',
    outcome: null,
    closed_at: null,
    reviewers: [],
    decisions: [],
    wanted: { approvals: 1, roles: [] },
    self_approval: false,
    barred: null,
    can: ['version.approve', 'version.request_changes'],
    ...other,
  };
}

export function limits(other: Partial<Limits> = {}): Limits {
  const resets_at = '2026-12-01T00:00:00Z';
  return {
    project_id: 'pr-1',
    month: '2026-11-01',
    generations: {
      person: { per_minute: 60, burst: 120, remaining: 118, full_in_seconds: 2 },
      project: { per_minute: 300, burst: 300, remaining: 290, full_in_seconds: 2 },
    },
    characters: { limit: 1_000_000, used: 17_000, reserved: 886, left: 982_114, resets_at },
    money: { limit_micros: null, used_micros: 0, reserved_micros: 0, left_micros: null, currency: 'USD', resets_at },
    concurrency: { limit: 8, running: 1, waiting: 3 },
    usage: [
      { day: '2026-11-03', characters: 5000, money_micros: 0 },
      { day: '2026-11-20', characters: 12_000, money_micros: 0 },
    ],
    people: [{ person: MARA, characters: 17_000, money_micros: 0 }],
    providers: [{ provider: 'hibari', characters: 17_000, money_micros: 0 }],
    can: ['limit.change'],
    ...other,
  };
}

export function event(other: Partial<WholeEvent> = {}): WholeEvent {
  return {
    id: 'e-1',
    seq: 12,
    index: 3,
    at: TIME,
    action: 'asset.update',
    actor: { type: 'person', ...MARA, key: null },
    subject: { type: 'asset', id: 'a-1', name: null },
    project_id: 'pr-1',
    asset_id: 'a-1',
    asset: null,
    version_id: null,
    version: null,
    reason: 'Because it was wrong',
    changes: { title: { from: 'Hello', to: 'Greeting' } },
    people: [],
    request_id: 'r-1',
    address: '192.0.2.7',
    payload: '{"exact":"bytes"}',
    sha256: '1'.repeat(64),
    leaf: '2'.repeat(64),
    log: 'pr-1',
    recorded_at: TIME,
    proof: { index: 3, size: 5, root: '3'.repeat(64), path: ['4'.repeat(64)], sealed_at: TIME, note: 'voiceops/pr-1', proved: true },
    ...other,
  };
}

export function verdict(other: Partial<Verdict> = {}): Verdict {
  return {
    ok: true,
    events: 1234,
    sealed: 1234,
    unsealed: 0,
    oldest_unsealed: null,
    checkpoints: 56,
    outside: 55,
    findings: [],
    more: 0,
    seconds: 0.4,
    ...other,
  };
}

/** A second of a quiet tone, as an address of our own origin. */
export function toneUrl(seconds = 1): string {
  return URL.createObjectURL(toneFile(seconds));
}

/** The same as a WAV file. */
export function toneFile(seconds = 1, rate = 8000): Blob {
  const count = Math.round(seconds * rate);
  const view = new DataView(new ArrayBuffer(44 + count * 2));
  const write = (at: number, ascii: string) => new TextEncoder().encode(ascii).forEach((byte, index) => view.setUint8(at + index, byte));
  write(0, 'RIFF');
  view.setUint32(4, 36 + count * 2, true);
  write(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  write(36, 'data');
  view.setUint32(40, count * 2, true);
  for (let at = 0; at < count; at += 1) view.setInt16(44 + at * 2, Math.sin((at / rate) * 2 * Math.PI * 440) * 3000, true);
  return new Blob([view], { type: 'audio/wav' });
}
