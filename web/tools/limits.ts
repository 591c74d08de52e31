/**
 * The shape of the page's code: imports go down only (app -> features -> audio -> ui, api below all), features never
 * import each other, there are no barrels, keys of queries are written in queries.ts (or somethingQueries.ts) alone, and files stay short. Run by `npm run lint`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../src');
const MOST_LINES = { '.tsx': 150, '.ts': 250 };

/** Higher may import lower. `ui` and `api` know nothing of each other. */
const RANK: Record<string, number> = { main: 4, app: 3, features: 2, audio: 1, ui: 0, api: 0 };

const faults: string[] = [];

/** `features/assets`, `audio`, `main`: where a file belongs. */
function home(path: string): { layer: string; unit: string } {
  const [first = '', second = ''] = path.split('/');
  const layer = first.startsWith('main.') ? 'main' : first;
  return { layer, unit: layer === 'features' ? `${first}/${second}` : layer };
}

function check(path: string) {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const from = home(path);
  if (/(^|\/)index\.tsx?$/.test(path)) faults.push(`${path}: no barrels; import the file itself`);
  if (!/[qQ]ueries\.ts$/.test(path) && /queryKey:\s*\[|Query(Data|State)(<[^>]*>)?\(\s*\[/.test(text)) faults.push(`${path}: keys of queries live in queries.ts`);
  const most = path.endsWith('.tsx') ? MOST_LINES['.tsx'] : MOST_LINES['.ts'];
  const lines = text.trimEnd().split('\n').length;
  if (!path.endsWith('.gen.ts') && lines > most) faults.push(`${path}: ${lines} lines, at most ${most}`);
  for (const [, target = ''] of text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)) {
    const other = relative(ROOT, resolve(ROOT, dirname(path), target));
    const to = home(other);
    if (from.unit === to.unit) continue;
    if ((RANK[to.layer] ?? 0) >= (RANK[from.layer] ?? 0)) faults.push(`${path}: may not import ${other}`);
  }
}

for (const entry of readdirSync(ROOT, { recursive: true, encoding: 'utf8' })) {
  if (/\.tsx?$/.test(entry)) check(entry.replaceAll('\\', '/'));
}

for (const fault of faults) process.stderr.write(`${fault}\n`);
process.exitCode = faults.length > 0 ? 1 : 0;
