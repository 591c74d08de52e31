/** Draws peaks as bars on a canvas. */

/** Speech lives far below its peaks: this curve, the same for every version, keeps quiet syllables visible. */
const CURVE = 0.65;
const BAR = 2;
const STEP = 3;

export interface Colours {
  readonly rest: string;
  readonly played: string;
}

/** Lowest and highest value of each bar, -1..1, from int8 pairs of any number. */
function bars(peaks: readonly number[], count: number): Float32Array {
  const pairs = peaks.length / 2;
  const out = new Float32Array(count * 2);
  for (let bar = 0; bar < count; bar += 1) {
    const from = Math.floor((bar * pairs) / count);
    const until = Math.max(from + 1, Math.floor(((bar + 1) * pairs) / count));
    for (let pair = from; pair < until && pair < pairs; pair += 1) {
      out[bar * 2] = Math.min(out[bar * 2] ?? 0, (peaks[pair * 2] ?? 0) / 128);
      out[bar * 2 + 1] = Math.max(out[bar * 2 + 1] ?? 0, (peaks[pair * 2 + 1] ?? 0) / 128);
    }
  }
  return out;
}

/** `played` is the part of the width that lies behind the playhead, 0..1; below 0 there is no playhead. */
export function draw(canvas: HTMLCanvasElement, peaks: readonly number[] | undefined, played: number, colours: Colours): void {
  const context = canvas.getContext('2d');
  const scale = devicePixelRatio;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  if (!context || width === 0) return;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  const count = Math.floor(width / STEP);
  const shape = peaks ? bars(peaks, count) : new Float32Array(count * 2);
  const middle = height / 2;
  const reach = middle - 1;
  const head = played * width;
  for (let bar = 0; bar < count; bar += 1) {
    const x = bar * STEP;
    const top = middle - Math.max(0.5, (shape[bar * 2 + 1] ?? 0) ** CURVE * reach);
    const bottom = middle + Math.max(0.5, (-(shape[bar * 2] ?? 0)) ** CURVE * reach);
    context.fillStyle = x < head ? colours.played : colours.rest;
    context.fillRect(x, top, BAR, bottom - top);
  }
  if (played >= 0) {
    context.fillStyle = colours.played;
    context.fillRect(Math.min(head, width - 1.5), 0, 1.5, height);
  }
}
