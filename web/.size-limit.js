/** The first load: what index.html names, no more and no less. */
import { readFileSync } from 'node:fs';

const PAGE = '../voiceops/page';
const html = readFileSync(new URL(`${PAGE}/index.html`, import.meta.url), 'utf8');
const scripts = [...html.matchAll(/(?:src|href)="\/(_app\/[^"]+\.js)"/g)].map(([, file]) => `${PAGE}/${file}`);

export default [{ name: 'JavaScript of the first load, gzip', path: scripts, limit: '120 kB', gzip: true, brotli: false }];
