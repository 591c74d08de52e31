/** The real studio, started for a test run: every process of it, on a free port, with data of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test as base, expect, type ConsoleMessage } from '@playwright/test';

const COMMAND = resolve(import.meta.dirname, '../../.venv/bin/voiceops');
const READY_WITHIN_MS = 120_000;

export interface Studio {
  url: string;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no port is free');
  return address.port;
}

async function start(): Promise<Studio & { end: () => Promise<void> }> {
  const data = await mkdtemp(join(tmpdir(), 'voiceops-e2e-'));
  await chmod(data, 0o755);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const studio = spawn(COMMAND, ['up'], {
    env: { ...process.env, VOICEOPS_DATA: data, VOICEOPS_PORT: String(port), VOICEOPS_DEMO: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  studio.stdout.on('data', (text: Buffer) => (said += text.toString()));
  studio.stderr.on('data', (text: Buffer) => (said += text.toString()));
  const ended = once(studio, 'exit');
  const end = async () => {
    studio.kill('SIGINT');
    await ended;
    await rm(data, { recursive: true, force: true });
  };
  const until = Date.now() + READY_WITHIN_MS;
  while (Date.now() < until && studio.exitCode === null) {
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok) return { url, end };
    await sleep(250);
  }
  await end();
  throw new Error(`The studio did not start:\n${said}`);
}

/** The browser itself reports each answer of 4xx, such as a refused form; everything else on the console fails a test. */
function expected(message: ConsoleMessage): boolean {
  return /^Failed to load resource: the server responded with a status of 4\d\d/.test(message.text());
}

export const test = base.extend<{ quietConsole: undefined }, { studio: Studio }>({
  studio: [
    // oxlint-disable-next-line eslint/no-empty-pattern -- Playwright reads the names of the fixtures from here
    async ({}, use) => {
      const studio = process.env['VOICEOPS_URL'] ? { url: process.env['VOICEOPS_URL'], end: async () => undefined } : await start();
      await use({ url: studio.url });
      await studio.end();
    },
    { scope: 'worker', timeout: READY_WITHIN_MS + 30_000 },
  ],
  quietConsole: [
    async ({ page }, use) => {
      const said: string[] = [];
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type()) && !expected(message)) said.push(message.text());
      });
      page.on('pageerror', (error) => said.push(error.message));
      await use(undefined);
      expect(said, 'the console says nothing').toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
