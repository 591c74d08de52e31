import { expect, test, vi } from 'vitest';
import { TakePlayer } from '../src/audio/takes.ts';
import { listen, loudest, noise, power, RATE, residual, sound, step, take, tone, words } from './sound.ts';

const play = (player: TakePlayer) => player.play();
const MS = RATE / 1000;
const EDGE = 8 * MS;

test('a take is heard as it was made, sample by sample, from its beginning to its end, and then it stands', async () => {
  const made = noise(1);
  const { out, due, player } = await listen(1.5, [take(made)], { 0: play });
  expect(residual(out, due(0), made, 0, made.length)).toBe(0);
  expect(loudest(out.subarray(0, due(0)))).toBe(0);
  expect(loudest(out.subarray(due(0) + made.length))).toBe(0);
  await expect.poll(() => player.playing).toBe(false);
  expect(player.position()).toBe(1000);
  expect(player.heard()).toBe(1);
});

test('after 30 s a switch between two takes of the same sound cannot be found: not a sample of drift', async () => {
  const made = noise(32);
  const acts = { 0: play, 30: (player: TakePlayer) => player.switchTo(1, 'time'), 31: (player: TakePlayer) => player.switchTo(0, 'time') };
  const { out, due, player } = await listen(32, [take(made), take(made)], acts);
  expect(player.active).toBe(0);
  expect(residual(out, due(0), made, 0, 31.9 * RATE)).toBeLessThanOrEqual(1e-6);

  // That the measure would find it: the same with the other take a single sample late.
  const late = new Float32Array(made.length);
  late.set(made.subarray(0, -1), 1);
  const control = await listen(32, [take(made), take(late)], acts);
  expect(residual(control.out, due(0), made, 0, 31.9 * RATE)).toBeGreaterThan(0.5);
});

test('a switch makes no silence of 2 ms and no step above what the sounds themselves have', async () => {
  const [low, high] = [tone(4, 440), tone(4, 660)];
  const switches = Array.from({ length: 30 }, (_, index) => [0.5 + index * 0.1037, (player: TakePlayer) => player.switchTo((index + 1) % 2, 'time')]);
  const acts = { 0: play, ...Object.fromEntries(switches) };
  const { out, due } = await listen(4, [take(low), take(high)], acts);
  // A fade adds what little the two differ at its ends: at most 0.04 dB.
  expect(step(out)).toBeLessThanOrEqual(step(high) * 1.005);
  const quiet = [];
  for (let at = due(0) + 2 * MS; at + 2 * MS < 4 * RATE - 40 * MS; at += MS) {
    if (power(out.subarray(at, at + 2 * MS)) < 0.05) quiet.push(at);
  }
  expect(quiet).toEqual([]);
  expect(loudest(out)).toBeLessThanOrEqual(0.5 + 1e-6);
});

test('switching faster than it fades, seeking, pausing and playing on make no click', async () => {
  const takes = [take(tone(4, 200)), take(tone(4, 300))];
  const { out } = await listen(3, takes, {
    0: play,
    0.5: (player) => player.switchTo(1, 'time'),
    0.51: (player) => player.switchTo(0, 'time'),
    0.516: (player) => player.switchTo(1, 'time'),
    1: (player) => player.seek(2000),
    1.006: (player) => player.seek(507),
    1.3: (player) => player.pause(),
    1.6: play,
    1.607: (player) => player.pause(),
    1.9: play,
    2.3: (player) => player.level(false),
    2.6: (player) => player.volume(0),
  });
  // An edge in the middle of a tone adds a little to its steps; without edges they are ten times as high.
  expect(step(out)).toBeLessThanOrEqual(step(tone(1, 300)) * 1.3);
  expect(loudest(out.subarray(1.4 * RATE, 1.6 * RATE))).toBe(0);
  expect(loudest(out.subarray(2.9 * RATE))).toBeLessThan(1e-6);
});

test('a paused take goes on with the sample that was due', async () => {
  const made = noise(3);
  const { out, due } = await listen(3, [take(made)], { 0: play, 1: (player) => player.pause(), 2: play });
  const paused = due(1) - due(0);
  expect(residual(out, due(2) + EDGE, made, paused + EDGE, 0.5 * RATE)).toBe(0);
});

test('a span is repeated to the sample, and its seam is as smooth as the sound', async () => {
  const made = tone(3, 330);
  const span = { startMs: 507, endMs: 1005 };
  const { out, due, player } = await listen(5, [take(made)], {
    0: play,
    0.8: (one) => one.loop(span),
    4: (one) => one.loop(null),
  });
  const length = (1005 - 507) * MS;
  const first = due(0.8) + (1005 * MS - (due(0.8) - due(0))) - length;
  for (const round of [1, 2, 3, 4]) expect(residual(out, first + length * round, out, first + length, length)).toBeLessThanOrEqual(1e-7);
  expect(residual(out, first + length, made, 507 * MS, length - EDGE)).toBeLessThanOrEqual(1e-7);
  expect(step(out)).toBeLessThanOrEqual(step(made) * 1.1);
  expect(player.looped).toBeNull();
  expect(loudest(out.subarray(due(4), 4.9 * RATE)), 'it goes on after it').toBeGreaterThan(0.49);
});

test('what was heard is counted once, and only of the take that was heard', async () => {
  const takes = [take(noise(4)), take(noise(4))];
  const { player } = await listen(4, takes, {
    0: play,
    1: (one) => one.seek(0),
    2: (one) => one.switchTo(1, 'time'),
    2.5: (one) => one.volume(0),
    3: (one) => one.pause(),
  });
  expect(player.heard(0)).toBeCloseTo(0.25, 2);
  expect(player.heard(1)).toBeCloseTo(0.125, 1);
  const { player: looping } = await listen(4, takes, { 0: (one) => (one.loop({ startMs: 1000, endMs: 1500 }), one.play()) });
  expect(looping.heard(0)).toBeCloseTo(0.125, 2);
});

test('at another speed the pitch stays, the time passes faster, and equal takes stay equal', async () => {
  const made = tone(6, 220);
  const acts = { 0: async (player: TakePlayer) => (player.speed(1.25), await expect.poll(() => player.factor).toBe(1.25), player.play()) };
  const { out, player } = await listen(4, [take(made)], acts);
  const part = out.subarray(RATE, 3 * RATE);
  const crossings = part.reduce((count, sample, at) => count + (sample >= 0 && (part[at - 1] ?? 0) < 0 ? 1 : 0), 0);
  expect(crossings / 2).toBeCloseTo(220, -0.5);
  expect(step(out)).toBeLessThanOrEqual(step(made) * 1.5);
  expect(player.position()).toBeCloseTo((4 - 0.02) * 1250, -1);
  const switched = await listen(4, [take(made), take(made)], { ...acts, 2: (one) => one.switchTo(1, 'time') });
  expect(residual(switched.out, 0, out, 0, out.length)).toBeLessThanOrEqual(1e-6);
});

const TEXT = 'it arrives on tuesday in the morning';

test('a switch by word lands within 20 ms of the beginning of the same word', async () => {
  const [slow, fast] = [noise(6, 0.5, 1), noise(6, 0.5, 2)];
  const takes = [take(slow, { words: words(TEXT, 500, 200, 100) }), take(fast, { words: words(`well ${TEXT}`, 310, 90, 40) })];
  for (const [index, word] of takes[0]?.words.entries() ?? []) {
    const second = (word.startMs + 200) / 1000;
    const { out, due } = await listen(second + 0.3, takes, { 0: play, [second]: (player) => player.switchTo(1, 'word') });
    const expected = (takes[1]?.words[index + 1]?.startMs ?? 0) - 10;
    expect(expected - (takes[1]?.words[index + 1]?.startMs ?? 0)).toBeGreaterThanOrEqual(-20);
    expect(residual(out, due(second) + EDGE, fast, Math.round(expected * MS) + EDGE, 0.1 * RATE), word.text).toBe(0);
  }
});

/** Loudness after ITU-R BS.1770 of a stationary sound, whose gates let everything through. */
async function loudness(samples: Float32Array<ArrayBuffer>): Promise<number> {
  const context = new OfflineAudioContext(1, samples.length, 48_000);
  const source = new AudioBufferSourceNode(context, { buffer: new AudioBuffer({ length: samples.length, sampleRate: 48_000 }) });
  source.buffer?.copyToChannel(samples, 0);
  const shelf = context.createIIRFilter([1.535_124_859_586_97, -2.691_696_189_406_38, 1.198_392_810_852_85], [1, -1.690_659_293_182_41, 0.732_480_774_215_85]);
  const pass = context.createIIRFilter([1, -2, 1], [1, -1.990_047_454_833_98, 0.990_072_250_366_21]);
  source.connect(shelf).connect(pass).connect(context.destination);
  source.start();
  const weighted = (await context.startRendering()).getChannelData(0);
  return -0.691 + 20 * Math.log10(power(weighted.subarray(2000)));
}

test('takes are equally loud to 0.1 dB and none passes full scale, however loud they were made', async () => {
  const peaky = noise(3, 0.05, 2).map((sample, at) => (at % RATE === 9000 ? 0.9 : sample));
  const made = [noise(3, 0.9, 1), peaky, tone(3, 1000, 0.99), tone(3, 180, 0.2)];
  const takes = await Promise.all(
    made.map(async (one) => take(one, { loudnessLufs: await loudness(one), truePeakDbtp: 20 * Math.log10(loudest(one)) })),
  );
  const levels = [];
  for (const index of made.keys()) {
    const { out, due } = await listen(2.5, takes, { 0: (player) => (player.switchTo(index, 'time'), player.play()) });
    levels.push(await loudness(out.slice(due(0), 2.4 * RATE)));
    expect(loudest(out)).toBeLessThanOrEqual(10 ** (-1 / 20) + 1e-6);
  }
  expect(Math.max(...levels) - Math.min(...levels)).toBeLessThan(0.1);
  expect(Math.max(...levels)).toBeLessThanOrEqual(-16 + 0.1);
  const spread = takes.map((one) => one.loudnessLufs);
  expect(Math.max(...spread) - Math.min(...spread), 'which they were not before').toBeGreaterThan(10);
});

test('a running player keeps its place, and gives its sound back when it is closed', async () => {
  const context = new AudioContext({ sampleRate: RATE });
  const player = new TakePlayer(context, [take(noise(3)), { ...take(noise(3)), audio: sound(noise(3)) }]);
  player.play();
  await expect.poll(() => player.position()).toBeGreaterThan(300);
  const before = player.position();
  player.switchTo(1, 'time');
  expect(Math.abs(player.position() - before)).toBeLessThan(40);
  player.close();
  expect(player.playing).toBe(false);
  await context.close();
});

test('however long it takes to find the same word, the switch is not late for its sample', async () => {
  const context = new AudioContext({ sampleRate: RATE });
  const spoken = words(TEXT, 300, 100);
  const slow = {
    startMs: 0,
    endMs: 300,
    get text() {
      const until = performance.now() + 150;
      while (performance.now() < until);
      return 'It';
    },
  };
  const player = new TakePlayer(context, [take(noise(4), { words: spoken }), take(noise(4), { words: [slow, ...spoken.slice(1)] })]);
  player.play();
  await expect.poll(() => player.position()).toBeGreaterThan(100);
  const ahead: number[] = [];
  vi.spyOn(context, 'createBufferSource').mockImplementation(() => {
    const source = new AudioBufferSourceNode(context);
    const start = source.start.bind(source);
    source.start = (when = 0, place = 0) => {
      ahead.push(when - context.currentTime);
      start(when, place);
    };
    return source;
  });
  player.switchTo(1, 'word');
  player.switchTo(0, 'word');
  expect(ahead).toHaveLength(2);
  // 20 ms ahead, less what a busy machine takes in between; found out too late, it would be 130 ms behind.
  expect(Math.min(...ahead)).toBeGreaterThan(-0.05);
  player.close();
  await context.close();
});
