/** The one way to the server: a typed client, and one error type for everything it refuses. */
import type { Client } from 'openapi-fetch';
import type { paths } from './schema.gen.ts';

interface Question {
  params?: { path?: Record<string, string>; query?: Record<string, string>; header?: Record<string, string> };
  body?: unknown;
  signal?: AbortSignal;
}

async function ask(method: string, path: string, { params, body, signal }: Question = {}) {
  const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params?.path?.[name] ?? ''));
  const query = new URLSearchParams(params?.query).toString();
  const init = {
    method,
    headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...params?.header },
    body: JSON.stringify(body) ?? null,
    signal: signal ?? null,
  };
  try {
    const response = await fetch(query ? `${address}?${query}` : address, init);
    const text = await response.text();
    if (response.ok) return { data: text ? (JSON.parse(text) as unknown) : undefined, response };
    return { error: parsed(text), response };
  } catch (cause) {
    throw silence(cause, method);
  }
}

/** Whether something that was asked for was done, nobody can know without an answer. */
function silence(cause: unknown, method: string): unknown {
  if (cause instanceof DOMException && cause.name === 'AbortError') return cause;
  const unknown = method === 'GET' ? '' : ' It may or may not have been done.';
  return new ProblemError(0, 'The server cannot be reached', `There is no answer from the server.${unknown}`);
}

/** What stands before the server (a proxy) may answer with a page instead of a problem. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

const bound = (method: Method) => (path: string, question?: Question) => ask(method, path, question);

/** Only the types are openapi-fetch's: its code is ten times what this page asks of it. */
export const api = { GET: bound('GET'), POST: bound('POST'), PUT: bound('PUT'), PATCH: bound('PATCH'), DELETE: bound('DELETE') } as unknown as Pick<Client<paths>, Method>;

export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

/** What the server refused and why (RFC 9457). `status` 0: the server could not be reached at all. */
export class ProblemError extends Error {
  readonly status: number;
  readonly title: string;
  readonly fields: readonly FieldProblem[];

  constructor(status: number, title: string, detail: string, fields: readonly FieldProblem[] = []) {
    super(detail);
    this.name = 'ProblemError';
    this.status = status;
    this.title = title;
    this.fields = fields;
  }

  /** The message, where it is about no field. */
  get whole(): string | undefined {
    return this.fields.length === 0 ? this.message : undefined;
  }

  /** The message for one field of a form, if the server named it. */
  field(name: string): string | undefined {
    return this.fields.find((one) => one.field === name || one.field.endsWith(`.${name}`))?.message;
  }
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of a good answer; anything else is thrown as a ProblemError. */
export async function answer<T>(call: Promise<Answer<T>>): Promise<T> {
  const result = await call;
  if (!result.response.ok) throw problem(result.response.status, result.error);
  return result.data as T;
}

function problem(status: number, body: unknown): ProblemError {
  const fallback = status >= 500 ? 'The server failed' : 'The request was refused';
  if (typeof body !== 'object' || body === null) return new ProblemError(status, fallback, `The server answered with ${status}.`);
  const { title, detail, errors } = body as { title?: unknown; detail?: unknown; errors?: unknown };
  const fields = Array.isArray(errors) ? errors.filter(isFieldProblem) : [];
  const name = typeof title === 'string' ? title : fallback;
  return new ProblemError(status, name, typeof detail === 'string' && detail ? detail : name, fields);
}

function isFieldProblem(value: unknown): value is FieldProblem {
  const one = value as Partial<FieldProblem> | null;
  return typeof one?.field === 'string' && typeof one.message === 'string';
}

/** Any thrown value as a ProblemError, so that a screen has one shape to show. */
export function asProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  return new ProblemError(-1, 'Something went wrong on this page', error instanceof Error ? error.message : String(error));
}
