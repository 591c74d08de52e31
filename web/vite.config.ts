import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Writes .br and .gz beside every hashed text file; the server picks one by Accept-Encoding. */
function precompress(): Plugin {
  let folder = '';
  return {
    name: 'precompress',
    apply: 'build',
    configResolved(config) {
      folder = join(config.root, config.build.outDir, config.build.assetsDir);
    },
    closeBundle() {
      for (const name of readdirSync(folder).filter((file) => /\.(js|css|svg)$/.test(file))) {
        const raw = readFileSync(join(folder, name));
        if (raw.length < 1024) continue;
        writeFileSync(join(folder, `${name}.gz`), gzipSync(raw, { level: 9 }));
        writeFileSync(join(folder, `${name}.br`), brotliCompressSync(raw, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
      }
    },
  };
}

/**
 * Puts the stored theme on <html> before the first paint, as a classic script of our own origin: a module would run
 * after the first paint, and the content security policy forbids an inline one.
 */
function earlyTheme(): Plugin {
  const source = 'src/ui/earlyTheme.js';
  let reference = '';
  return {
    name: 'early-theme',
    buildStart() {
      if (this.environment.mode === 'build') {
        reference = this.emitFile({ type: 'asset', name: 'theme.js', source: readFileSync(join(import.meta.dirname, source)) });
      }
    },
    transformIndexHtml: {
      order: 'post',
      handler(_html, context) {
        const built = Object.values(context.bundle ?? {}).find((file) => file.type === 'asset' && file.names.includes('theme.js'));
        return [{ tag: 'script', attrs: { src: `/${built && reference ? built.fileName : source}` }, injectTo: 'head-prepend' }];
      },
    },
  };
}

const api = process.env['VOICEOPS_API'] ?? 'http://127.0.0.1:8000';

export default defineConfig({
  plugins: [react(), earlyTheme(), precompress()],
  // React has had useSyncExternalStore since 18: the router's store needs no shim.
  resolve: { alias: { 'use-sync-external-store/shim/with-selector': 'use-sync-external-store/with-selector' } },
  build: {
    outDir: '../voiceops/page',
    emptyOutDir: true,
    assetsDir: '_app', // hashed files have a mount of their own, clear of every client route
    assetsInlineLimit: 0, // no data: addresses, so that the policy can stay at 'self'
    target: 'baseline-widely-available',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'], // light-dark() as written, not emulated
    modulePreload: {
      polyfill: false,
      // What a module fetches later need not name again what index.html brought.
      resolveDependencies: (_file, names, { hostType }) => (hostType === 'js' ? names.filter((name) => !/(libraries|rolldown-runtime|index)-/.test(name)) : names),
    },
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // What changes only with a new release of a library compresses better together and stays in the cache.
            { name: 'libraries', test: /node_modules[\\/](?!diff[\\/]|.*(useMutation|mutationObserver|useQueries|queriesObserver))/ },
            { name: 'frame', tags: ['$initial'] },
            // The bar and the library, for who is signed in; the sign-in screen does without.
            { name: 'inside', test: /app[\\/](shell|libraryPage)\.tsx$/ },
            // Each file more is named in the first load, by all that fetch it: so what is wanted together is one.
            { name: 'forms', test: /ui[\\/](dialog|field|form|formDialog|rows)\.|api[\\/](once|roles)\.|session[\\/]mutations\.|(useMutation|mutationObserver)\.js$/ },
            // What the shell fetches once the first screen stands.
            { name: 'later', test: /app[\\/]connection\.tsx$|audio[\\/](dock|shortcuts)\.tsx$|ui[\\/]news\.tsx$|(personPanel|newAsset)\.tsx$/ },
            { name: 'settings', test: /app[\\/](settings|(members|limits|keys|policy|account)Page|admin)\.tsx$/ },
          ],
        },
      },
    },
  },
  server: { host: '127.0.0.1', port: 8131, strictPort: true, proxy: { '/api': { target: api, changeOrigin: false } } },
});
