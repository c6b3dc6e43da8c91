// Builds dist/frame from the marimo in .venv: the static page with the bridge in its head, and the assets compressed
// once (brotli and gzip), under a path that names the version. Node's own modules only, but for vite, which bundles the
// bridge to one classic script. The assets are skipped when they stand; the page is made again each time (it is quick).
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { basename, dirname, extname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { hollow } from './lib/hollow.mjs'
import { at, PYTHON } from './lib/paths.mjs'
import { run, StepError } from './lib/run.mjs'
import { fail } from './lib/steps.mjs'

const OUT = at('dist/frame')
const ASSETS = join(OUT, '@marimo-team')
const MATHJAX = 'mathjax/tex-mml-svg.js'
const HOLLOW = at('scripts/lib/hollow.mjs')
const QUALITY = 10 // brotli: a sixth smaller than 7; 11 is no smaller and takes twice as long
const SQUEEZABLE = new Set(['.js', '.css', '.svg', '.wasm', '.ttf', '.json', '.ico', '.txt'])
const DONE = '.complete'

const brotli = promisify(brotliCompress)
const zip = promisify(gzip)

function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

async function squeeze(path) {
  const bytes = await readFile(path)
  const [small, common] = await Promise.all([
    brotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
    zip(bytes, { level: 6 }),
  ])
  if (small.length < bytes.length) await writeFile(`${path}.br`, small)
  if (common.length < bytes.length) await writeFile(`${path}.gz`, common)
}

/** The compressors run in Node's thread pool; a few files at a time keep every core busy. */
async function squeezeAll(paths) {
  const left = [...paths].sort((a, b) => statSync(b).size - statSync(a).size)
  const work = async () => {
    for (let path = left.shift(); path !== undefined; path = left.shift()) await squeeze(path)
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
}

/** marimo's editor waits for the engine of its collaborative editing although that is off: docs/decisions/0010. */
function emptyEngine(assets) {
  const [engine, ...more] = readdirSync(assets).filter((name) => /^loro_wasm_bg-.+\.wasm$/.test(name))
  if (engine === undefined || more.length > 0) throw new StepError('marimo has another engine for collaborative editing')
  writeFileSync(join(assets, engine), hollow(readFileSync(join(assets, engine))))
}

async function buildAssets(version, from) {
  const folder = join(ASSETS, version)
  const mathjax = at('node_modules/mathjax/es5/tex-mml-svg.js')
  const source = createHash('sha256')
    .update(readFileSync(join(from, 'index.html')))
    .update(readFileSync(mathjax))
    .update(readFileSync(HOLLOW))
    .update(`${QUALITY}`)
  const stamp = source.digest('hex')
  const done = join(folder, DONE)
  if (existsSync(done) && readFileSync(done, 'utf8') === stamp) return 'as before'
  const draft = join(OUT, `.draft-${process.pid}`) // two set-ups at once each make their own
  const wanted = (path) => !['index.html', 'CLAUDE.md'].includes(relative(from, path))
  cpSync(from, draft, { recursive: true, filter: wanted })
  emptyEngine(join(draft, 'assets'))
  mkdirSync(join(draft, dirname(MATHJAX)), { recursive: true })
  cpSync(mathjax, join(draft, MATHJAX))
  const files = filesOf(draft)
  await squeezeAll(files.filter((path) => SQUEEZABLE.has(extname(path))))
  writeFileSync(join(draft, DONE), stamp)
  const former = join(OUT, `.former-${process.pid}`)
  if (existsSync(ASSETS)) renameSync(ASSETS, former)
  mkdirSync(ASSETS)
  renameSync(draft, folder)
  rmSync(former, { recursive: true, force: true })
  return `${files.length} files`
}

async function bundleBridge() {
  const { build } = await import('vite')
  const result = await build({
    root: at('web/frame'),
    configFile: false,
    logLevel: 'warn',
    resolve: { alias: [{ find: /^#protocol\//, replacement: `${at('protocol')}/` }] },
    build: {
      write: false,
      target: 'es2023',
      modulePreload: false,
      lib: { entry: at('web/frame/bridge.ts'), formats: ['iife'], name: 'scrydon' },
    },
  })
  const [{ output }] = [result].flat()
  return output[0].code.trim().replace(/^var scrydon\s*=\s*/, '')
}

const inScript = (text) => text.replaceAll('</', '<\\/').replaceAll('<!--', '<\\!--')
const inJson = (value) => JSON.stringify(value).replaceAll('<', '\\u003c')

/**
 * What marimo's entry loads only when it starts: its pages for editing and running, and their style sheets. Read from the list that
 * vite puts at the head of a module; a build that finds none has met another marimo, and fails.
 */
function lazyPages(source) {
  const list = /m\.f=(\[.*?\])/.exec(source)
  const files = list ? JSON.parse(list[1]) : []
  const pages = [...source.matchAll(/import\(`\.\/((?:edit|run)-page-[^`]+)`\),__vite__mapDeps\(\[([\d,]+)\]\)/g)]
  if (pages.length !== 2) throw new StepError(`marimo's entry names ${pages.length} pages, two were expected`)
  const needed = pages.flatMap(([, , indices]) => indices.split(',').map((index) => files[Number(index)].replace('./', '')))
  return { modules: pages.map(([, file]) => file), styles: [...new Set(needed.filter((file) => file.endsWith('.css')))] }
}

/** `%SHELL%` and `%ASSETS%` are the two origins; the content site knows them. */
function page(marimo, lazy, bridge) {
  const { html, entry, mount, version } = marimo
  const beside = (file) => entry.replace(/[^/]+$/, () => file)
  const modules = [...marimo.modules, ...lazy.modules.map(beside)]
  const styles = lazy.styles.map(beside)
  const values = { shell: '%SHELL%', entry, modules, styles, mathjax: `%ASSETS%/@marimo-team/${version}/${MATHJAX}`, mount }
  const head = `<head>
    <script type="application/json" id="scrydon-page">${inJson(values)}</script>
    <script>${inScript(bridge)}</script>
    <link rel="modulepreload" crossorigin href="${entry}">`
  return html.replace('<head>', () => head)
}

async function main() {
  const started = Date.now()
  const marimo = JSON.parse(await run(PYTHON, ['-I', at('scripts/frame-page.py')]))
  const from = (
    await run(PYTHON, ['-I', '-c', 'import importlib.util as u; print(u.find_spec("marimo").submodule_search_locations[0])'])
  ).trim()
  if (!existsSync(join(from, '_static/index.html'))) throw new StepError('marimo in .venv has no front end (_static)')
  mkdirSync(OUT, { recursive: true })
  const assets = await buildAssets(marimo.version, join(from, '_static'))
  const entry = readFileSync(join(from, '_static/assets', basename(marimo.entry)), 'utf8')
  writeFileSync(join(OUT, 'page.html'), page(marimo, lazyPages(entry), await bundleBridge()))
  writeFileSync(join(OUT, 'frame.json'), JSON.stringify({ marimo: marimo.version }))
  console.log(`frame page and assets of marimo ${marimo.version} (${assets}) in ${((Date.now() - started) / 1000).toFixed(1)} s`)
}

await main().catch(fail)
