/** The border of the network: answers in place of the server, and what was asked of it. */
import { vi } from 'vitest';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly body: unknown;
}

type Reply = object | ((asked: Asked) => object | Promise<object>);

/** `serve({ 'POST /api/v1/session': {...} })`; what is not listed is 404. Returns what was asked, in order. */
export function serve(routes: Record<string, Reply>): Asked[] {
  const seen: Asked[] = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    const { pathname, searchParams } = new URL(request.url);
    const text = await request.text();
    const asked = { method: request.method, path: pathname, query: searchParams, headers: request.headers, body: text ? (JSON.parse(text) as unknown) : null };
    seen.push(asked);
    const reply = routes[`${request.method} ${pathname}`];
    if (reply === undefined) return problem(404, 'Not found', 'There is nothing here.');
    const answer = typeof reply === 'function' ? await (reply as (one: Asked) => object | Promise<object>)(asked) : reply;
    return answer instanceof Response ? answer : Response.json(answer);
  });
  return seen;
}

export function problem(status: number, title: string, detail: string, errors: { field: string; message: string }[] = []): Response {
  return new Response(JSON.stringify({ type: 'about:blank', title, status, detail, errors }), {
    status,
    headers: { 'content-type': 'application/problem+json' },
  });
}
