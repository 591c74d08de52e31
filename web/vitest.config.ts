import react from '@vitejs/plugin-react';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';

const chromium = playwright({
  actionTimeout: 5000,
  launchOptions: {
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    chromiumSandbox: false,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--mute-audio',
      '--autoplay-policy=no-user-gesture-required',
    ],
  },
});

export default defineConfig({
  plugins: [react()],
  // Found late, a dependency would be bundled again in the middle of a run, and two Reacts would meet.
  optimizeDeps: {
    include: [
      'react',
      'react-dom',
      'react-dom/client',
      'react/jsx-runtime',
      'react/jsx-dev-runtime',
      'vitest-browser-react',
      'diff',
      '@tanstack/react-query',
      '@tanstack/react-router',
    ],
  },
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    setupFiles: ['test/setup.ts'],
    maxWorkers: 1,
    testTimeout: 30_000,
    expect: { poll: { timeout: 4000 } },
    api: { host: '127.0.0.1' },
    browser: {
      enabled: true,
      headless: true,
      provider: chromium,
      instances: [{ browser: 'chromium' }],
      locators: { exact: false },
      viewport: { width: 1000, height: 900 },
      screenshotFailures: false,
    },
  },
});
