import { useState } from 'react';
import { expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import type { Marker } from '../src/audio/markers.tsx';
import type { Span } from '../src/audio/playhead.ts';
import { Wave } from '../src/audio/wave.tsx';
import { serve } from './network.ts';
import { show } from './show.tsx';

const MARKERS: Marker[] = [
  { id: 'c-2', atMs: 3000, untilMs: 4000, label: 'Comment by Ana at 0:03.0' },
  { id: 'c-1', atMs: 1000, label: 'Comment by Tom at 0:01.0' },
];

async function wave(markers: readonly Marker[] = []) {
  serve({ 'GET /api/v1/versions/v-2/waveform': { samples_per_peak: 256, sample_rate_hz: 24_000, length: 2, peaks: [-90, 100, -20, 30] } });
  let at = 0;
  const seek = vi.fn<(ms: number) => void>((ms) => (at = ms));
  const play = vi.fn<() => void>();
  const spans = vi.fn<(span: Span | null) => void>();
  const marked = vi.fn<(id: string) => void>();
  const head = { position: () => at, onPosition: () => () => undefined };
  function Panel() {
    const [span, setSpan] = useState<Span | null>(null);
    const choose = (next: Span | null) => {
      spans(next);
      setSpan(next);
    };
    return (
      <div style={{ width: 800, padding: 40 }}>
        <Wave
          version="v-2"
          durationMs={8000}
          label="Position in version 2"
          head={head}
          onSeek={seek}
          onPlay={play}
          span={span}
          onSpan={choose}
          markers={markers}
          onMarker={marked}
        />
      </div>
    );
  }
  const screen = await show(<Panel />);
  const slider = screen.getByRole('slider', { name: 'Position in version 2' });
  await expect.element(slider).toBeInTheDocument();
  const layer = screen.container.querySelector('[data-selection]') ?? document.body;
  const { left, width, top } = layer.getBoundingClientRect();
  const press = (type: string, ms: number) =>
    layer.dispatchEvent(
      new PointerEvent(type, { pointerId: 1, isPrimary: true, bubbles: true, button: 0, buttons: 1, clientX: left + (ms / 8000) * width, clientY: top + 5 }),
    );
  layer.setPointerCapture = () => undefined;
  return { screen, slider, press, seek, play, spans, marked, layer };
}

test('a press that does not move plays from there', async () => {
  const { press, seek, play, spans, slider } = await wave();
  press('pointerdown', 2000);
  press('pointermove', 2010);
  press('pointerup', 2010);
  expect(seek).toHaveBeenCalledOnce();
  expect(seek.mock.calls[0]?.[0]).toBeCloseTo(2010, -1);
  expect(play).toHaveBeenCalledOnce();
  expect(spans).not.toHaveBeenCalled();
  expect(document.activeElement, 'and has the keys').toBe(slider.element());
});

test('a drag chooses a span, in either direction, and a press elsewhere none', async () => {
  const { screen, press, seek, spans } = await wave();
  press('pointerdown', 4000);
  press('pointermove', 3000);
  await expect.poll(() => screen.container.querySelector<HTMLElement>('[data-selection] > span[style]')?.style.left).toBe('37.5%');
  press('pointermove', 2000);
  press('pointerup', 2000);
  await expect.element(screen.getByRole('status')).toHaveTextContent('Chosen: 0:02.0 to 0:04.0');
  expect(spans).toHaveBeenLastCalledWith({ startMs: 2000, endMs: 4000 });
  expect(seek, 'without moving the sound').not.toHaveBeenCalled();
  press('pointerdown', 6000);
  press('pointerup', 6000);
  expect(spans).toHaveBeenLastCalledWith(null);
});

test('the same by keys: from here, until here, none', async () => {
  const { slider, seek, spans } = await wave();
  slider.element().focus();
  seek(2000);
  await userEvent.keyboard('i');
  expect(spans).toHaveBeenLastCalledWith({ startMs: 2000, endMs: 8000 });
  seek(3500);
  await userEvent.keyboard('o');
  expect(spans).toHaveBeenLastCalledWith({ startMs: 2000, endMs: 3500 });
  await userEvent.keyboard('{Escape}');
  expect(spans).toHaveBeenLastCalledWith(null);
});

test('markers are buttons in the order of time, at their places, reached by keys', async () => {
  const { screen, marked, layer } = await wave(MARKERS);
  const buttons = screen.getByRole('button').elements();
  expect(buttons.map((button) => button.getAttribute('aria-label'))).toEqual(['Comment by Tom at 0:01.0', 'Comment by Ana at 0:03.0']);
  const [first] = buttons.map((button) => button.getBoundingClientRect());
  const { left, width } = layer.getBoundingClientRect();
  expect((first?.left ?? 0) + (first?.width ?? 0) / 2).toBeCloseTo(left + width / 8, 0);
  expect(Math.min(first?.width ?? 0, first?.height ?? 0), 'large enough for a finger').toBeGreaterThanOrEqual(24);
  await screen.getByRole('button', { name: 'Comment by Ana' }).click();
  expect(marked).toHaveBeenCalledExactlyOnceWith('c-2');
  buttons[0]?.focus();
  await userEvent.keyboard('{Enter}');
  expect(marked).toHaveBeenLastCalledWith('c-1');
});
