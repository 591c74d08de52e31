/** Line icons on a 16-pixel grid, drawn with the colour of the text; never the only bearer of a meaning. */
import styles from './icons.module.css';

const PATHS = {
  play: 'M4.5 2.8v10.4c0 .5.6.8 1 .5l8-5.2a.6.6 0 0 0 0-1l-8-5.2c-.4-.3-1 0-1 .5Z',
  pause: 'M4 3.2c0-.4.3-.7.7-.7h1.6c.4 0 .7.3.7.7v9.6c0 .4-.3.7-.7.7H4.7a.7.7 0 0 1-.7-.7V3.2Zm5 0c0-.4.3-.7.7-.7h1.6c.4 0 .7.3.7.7v9.6c0 .4-.3.7-.7.7H9.7a.7.7 0 0 1-.7-.7V3.2Z',
  plus: 'M8 3v10M3 8h10',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10Zm3.6-1.4L14 14',
  close: 'm4 4 8 8m0-8-8 8',
  check: 'm3 8.5 3.2 3.2L13 5',
  warning: 'M8 2.2 14.5 13.5h-13L8 2.2Zm0 4.3v3.2m0 1.7v.2',
  retry: 'M13 8a5 5 0 1 1-1.6-3.7M13.2 2v3h-3',
  download: 'M8 2.5v7.2m0 0L5 6.8m3 2.9 3-2.9M2.8 11v1.6c0 .5.4.9.9.9h8.6c.5 0 .9-.4.9-.9V11',
  edit: 'm10.6 3 2.4 2.4-7.4 7.4-3 .6.6-3L10.6 3Z',
  start: 'M3 8h9.5M8.5 4l4 4-4 4',
  sun: 'M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6ZM8 1.5V3m0 10v1.5M1.5 8H3m10 0h1.5M3.4 3.4l1 1m7.2 7.2 1 1m0-9.2-1 1m-7.2 7.2-1 1',
  moon: 'M13.2 9.6A5.7 5.7 0 0 1 6.4 2.8a5.7 5.7 0 1 0 6.8 6.8Z',
  system: 'M2.5 3h11v7.5h-11V3ZM6 13.5h4M8 10.5v3',
  chevron: 'm4 6 4 4 4-4',
  bell: 'M3.5 11.5c1-1 1.2-2.2 1.2-4.2a3.3 3.3 0 0 1 6.6 0c0 2 .2 3.2 1.2 4.2h-9Zm3 2.2c.8.7 2.2.7 3 0',
  keys: 'M1.8 4h12.4v8H1.8V4Zm2.4 2.5h.1m2.4 0h.1m2.4 0h.1m2.4 0h.1M5 9.5h6',
  volume: 'M2.5 6.2v3.6h2.3L8 12.6V3.4L4.8 6.2H2.5Zm8 -.4a3 3 0 0 1 0 4.4m1.8-6.2a5.6 5.6 0 0 1 0 8',
  empty: 'M2 8h1.5M5 5.5v5M7.5 3v10m2.5-8v6m2.5-4.5v3M14 8h.2',
} as const;

export type IconName = keyof typeof PATHS;
const SOLID = new Set<IconName>(['play', 'pause']);

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className={styles.icon} viewBox="0 0 16 16" aria-hidden="true" data-solid={SOLID.has(name) || undefined}>
      <path d={PATHS[name]} />
    </svg>
  );
}
