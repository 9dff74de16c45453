// Makes the page: src/ → one script, one style sheet, the HTML → a C++ source that embeds them.
//
//   node bundle.mjs page OUT_DIR ASSETS_CPP RUNBOOKS_DIR   the files and the source made from them
//   node bundle.mjs test OUT_DIR FILE.ts…                  each test as one file for node's own runner
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { marked } from 'marked';

const here = process.cwd();
const common = {
  bundle: true,
  charset: 'utf8',
  format: 'esm',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'none',
  logLevel: 'warning',
  preserveSymlinks: true,
};

const types = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  webmanifest: 'application/manifest+json',
};

const hash = (text) => createHash('sha256').update(text).digest('hex').slice(0, 12);

async function compile(entry, extra = {}) {
  const result = await build({
    ...common,
    entryPoints: [join(here, 'src', entry)],
    minify: true,
    outdir: 'out',
    target: ['es2022', 'chrome109', 'firefox115', 'safari16'],
    write: false,
    ...extra,
  });
  return result.outputFiles[0].text;
}

// A runbook of docs/ as a page without a script, which any browser shows and a mail can link to.
function runbook(name, markdown, { icon, style }) {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<title>${name} · Tocsin</title>`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<link rel="icon" href="${icon}" type="image/svg+xml">`,
    `<link rel="stylesheet" href="${style}">`,
    '</head>',
    `<body><main class="runbook">\n${marked.parse(markdown)}</main></body>`,
    '</html>\n',
  ].join('\n');
}

async function page(outDir, source, runbooks) {
  const assets = [];
  const add = (path, text, cache) => assets.push({ path, text, cache });
  const addHashed = (name, kind, text) => {
    const path = `/assets/${name}-${hash(text)}.${kind}`;
    add(path, text, 'kImmutable');
    return path;
  };
  const script = addHashed('app', 'js', await compile('main.tsx'));
  const early = addHashed('early', 'js', await compile('early.ts', { format: 'iife' }));
  const style = addHashed('app', 'css', await compile('style/main.css'));
  const icon = addHashed('icon', 'svg', readFileSync(join(here, 'src/icon.svg'), 'utf8').trim());
  const manifest = addHashed(
    'tocsin',
    'webmanifest',
    JSON.stringify({
      name: 'Tocsin',
      short_name: 'Tocsin',
      start_url: '/',
      display: 'standalone',
      background_color: '#101316',
      theme_color: '#101316',
      icons: [{ src: icon, sizes: 'any', type: 'image/svg+xml' }],
    }),
  );
  const names = { script, early, style, icon, manifest };
  const html = readFileSync(join(here, 'src/index.html'), 'utf8').replace(
    /\{\{(\w+)\}\}/g,
    (whole, name) => names[name] ?? whole,
  );
  add('/', html, 'kRevalidate');
  for (const file of readdirSync(runbooks).filter((file) => file.endsWith('.md'))) {
    const name = basename(file, '.md');
    const text = readFileSync(join(runbooks, file), 'utf8');
    add(`/runbooks/${name}`, runbook(name, text, names), 'kRevalidate');
  }
  assets.sort((a, b) => (a.path < b.path ? -1 : 1));

  rmSync(outDir, { recursive: true, force: true });
  for (const { path, text } of assets) {
    const file = join(outDir, path === '/' ? 'index.html' : path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  writeFileSync(source, cpp(assets));
}

// Bytes as an array: string literals have a length limit in the standard and escapes to get wrong.
function bytes(name, buffer) {
  const lines = [];
  for (let i = 0; i < buffer.length; i += 32) {
    lines.push(Array.from(buffer.subarray(i, i + 32), (b) => `'\\x${b.toString(16).padStart(2, '0')}'`).join(','));
  }
  return `constexpr char ${name}[] = {\n${lines.join(',\n')}};\n`;
}

function cpp(assets) {
  let text = '// Made by bridge/web/bundle.mjs.\n#include "bridge/web/assets.h"\n\n';
  text += '#include <array>\n\nnamespace tocsin::bridge::web {\nnamespace {\n';
  const rows = assets.map(({ path, text: body, cache }, i) => {
    const plain = Buffer.from(body, 'utf8');
    const kind = path.startsWith('/assets/') ? path.split('.').pop() : 'html';
    text += bytes(`kPlain${i}`, plain) + bytes(`kGzip${i}`, gzipSync(plain, { level: 9 }));
    return (
      `    Asset{"${path}", "${types[kind]}", "\\"${hash(body)}\\"",\n` +
      `          {kGzip${i}, sizeof kGzip${i}}, {kPlain${i}, sizeof kPlain${i}}, CachePolicy::${cache}},\n`
    );
  });
  text += `constexpr std::array<Asset, ${rows.length}> kAssets{{\n${rows.join('')}}};\n\n`;
  text += '}  // namespace\n\nstd::span<const Asset> assets() { return kAssets; }\n\n';
  return text + '}  // namespace tocsin::bridge::web\n';
}

async function tests(outDir, files) {
  mkdirSync(outDir, { recursive: true });
  await build({
    ...common,
    entryPoints: files,
    external: ['playwright-core', 'axe-core'],
    outdir: outDir,
    outExtension: { '.js': '.mjs' },
    platform: 'node',
    sourcemap: 'inline',
    target: 'node18',
  });
  return files.map((file) => join(outDir, basename(file)));
}

const [mode, outDir, ...rest] = process.argv.slice(2);
if (mode === 'page' && rest.length === 2) {
  await page(outDir, ...rest);
} else if (mode === 'test' && rest.length > 0) {
  await tests(outDir, rest);
} else {
  console.error('usage: bundle.mjs page OUT_DIR ASSETS_CPP RUNBOOKS_DIR | test OUT_DIR FILE.ts…');
  process.exit(2);
}
