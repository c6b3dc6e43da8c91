// What the browser loads before the first row, compressed, against the budgets of research: fails above them.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { at } from './paths.mjs'

const KB = 1000
const BUDGETS = { js: 120 * KB, css: 15 * KB, fonts: 60 * KB }

/** The files index.html names, by kind: what it preloads and runs at once. */
function entryFiles(folder) {
  const html = readFileSync(join(folder, 'index.html'), 'utf8')
  const named = [...html.matchAll(/(?:src|href)="\.?\/?([^"]+\.(?:js|css))"/g)].map(([, path]) => path)
  return { js: named.filter((path) => path.endsWith('.js')), css: named.filter((path) => path.endsWith('.css')) }
}

export function measure(folder = at('dist/shell')) {
  const gz = (paths) => paths.reduce((sum, path) => sum + gzipSync(readFileSync(join(folder, path))).length, 0)
  const { js, css } = entryFiles(folder)
  const fonts = readdirSync(folder, { recursive: true }).filter((path) => /latin-wght-normal.*\.woff2$/.test(path))
  const sizes = { js: gz(js), css: gz(css), fonts: fonts.reduce((sum, path) => sum + statSync(join(folder, path)).size, 0) }
  return Object.entries(BUDGETS).map(([kind, budget]) => ({
    kind,
    bytes: sizes[kind],
    budget,
    fits: sizes[kind] > 0 || kind === 'fonts' ? sizes[kind] <= budget : false,
  }))
}
