/** `Idempotency-Key`: under one key a request is done once, however often it is sent. */
import { asProblem } from './client.ts';

/** A request and its key. */
export interface Once<T> {
  ask: T;
  key: string;
  /** What the person wants by it, without what the page adds: the same wanted again is the same request again. */
  wanted: unknown;
}

interface Tried<T> {
  error: unknown;
  variables: Once<T> | undefined;
}

/**
 * What to send now: `ask` under a new key; but if the same was wanted just before and may have been done, with only its answer
 * lost, that very request again.
 */
export function sendOnce<T>({ error, variables }: Tried<T>, ask: T, wanted: unknown = ask): Once<T> {
  const again = error && mayBeDone(error) && variables && JSON.stringify(variables.wanted) === JSON.stringify(wanted);
  return again ? variables : { ask, wanted, key: newKey() };
}

/** No answer, one from a server that failed, or "it is still running" (409): none of them says that it was not done. */
export function mayBeDone(error: unknown): boolean {
  const { status } = asProblem(error);
  return status === 0 || status === 409 || status >= 500;
}

/** `crypto.randomUUID` is missing on plain http. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
