// The weight of the built shell against its budgets, gzipped as it is served to a browser that has nothing cached.
// `entry` is what index.html loads at once; the rest comes when it is first needed.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
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

export function sizes() {
  return Object.entries(weights()).map(([what, bytes]) => {
    const fits = bytes <= BUDGETS[what]
    return { fits, line: `${fits ? '✓' : '✗'} ${what}: ${(bytes / KB).toFixed(1)} KB of ${BUDGETS[what] / KB} KB` }
  })
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const found = sizes()
  for (const { line } of found) console.log(line)
  process.exitCode = found.every(({ fits }) => fits) ? 0 : 1
}
