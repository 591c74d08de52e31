/** The first load of a screen: what index.html names, the chunk of the screen, and all that these import. The journey holds it against a browser. */
import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = '../voiceops/page/_app';
const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');
const named = [...read('../voiceops/page/index.html').matchAll(/(?:src|href)="\/_app\/([^"]+\.js)"/g)].map(([, file]) => file);

function firstLoad(screen) {
  const chunk = readdirSync(new URL(FOLDER, import.meta.url)).find((file) => file.startsWith(`${screen}-`) && file.endsWith('.js'));
  const files = new Set([...named, chunk]);
  for (const file of files) {
    for (const [, other] of read(`${FOLDER}/${file}`).matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) files.add(other);
  }
  return [...files].map((file) => `${FOLDER}/${file}`);
}

const check = (name, screen) => ({ name, path: firstLoad(screen), limit: '120 kB', gzip: true, brotli: false });

export default [check('first load of the library, JavaScript gzip', 'inside'), check('first load of the sign-in, JavaScript gzip', 'signInPage')];
