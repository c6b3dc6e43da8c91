// The weight of the built shell against its budgets, gzipped as it is served to a browser that has nothing cached.
// `entry` is what index.html loads at once; the rest comes when it is first needed.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const SHELL = fileURLToPath(new URL('../dist/shell', import.meta.url))
const KB = 1024
const BUDGETS = { 'entry JavaScript': 120 * KB, CSS: 15 * KB, fonts: 60 * KB, 'largest lazy part': 190 * KB }

const weigh = (path) => gzipSync(readFileSync(join(SHELL, path))).length
const sum = (paths) => paths.reduce((total, path) => total + weigh(path), 0)

function weights() {
  const page = readFileSync(join(SHELL, 'index.html'), 'utf8')
  const named = [...page.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].map(([, path]) => path)
  const assets = readdirSync(join(SHELL, 'assets')).map((name) => `assets/${name}`)
  const lazy = assets.filter((path) => path.endsWith('.js') && !named.includes(path))
  return {
    'entry JavaScript': sum(named),
    CSS: sum(assets.filter((path) => path.endsWith('.css'))),
    fonts: assets
      .filter((path) => path.endsWith('.woff2'))
      .reduce((total, path) => total + readFileSync(join(SHELL, path)).length, 0),
    'largest lazy part': Math.max(0, ...lazy.map(weigh)),
  }
}

let over = false
for (const [what, bytes] of Object.entries(weights())) {
  const budget = BUDGETS[what]
  over ||= bytes > budget
  console.log(`${bytes > budget ? '✗' : '✓'} ${what}: ${(bytes / KB).toFixed(1)} KB of ${budget / KB} KB`)
}
process.exitCode = over ? 1 : 0
