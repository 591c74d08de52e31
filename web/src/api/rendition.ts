/** Audio in a format that may have to be made first. */
import { answer, ProblemError } from './client.ts';

/** Settles once the file at `url` is there, so that saving it begins at once and can be refused in words. */
export async function prepare(url: string): Promise<void> {
  await answer(firstByte(url));
}

async function firstByte(url: string) {
  const response = await fetch(url, { headers: { Range: 'bytes=0-0' } }).catch(() => {
    throw new ProblemError(0, 'The server cannot be reached', 'There is no answer from the server.');
  });
  const error: unknown = response.ok ? undefined : await response.json().catch(() => null);
  return { error, response };
}
