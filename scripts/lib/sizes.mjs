// The size rules of the code: no file over 400 lines, no function over 50 (biome's rule), medians under 150 and 12.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { at, ROOT } from './paths.mjs'

const CEILING = 400
const MEDIAN = 150
const CODE = /^(protocol|server|kernel-runner|web|python|scripts)\/.*\.(ts|tsx|mjs|py|css)$/
const APART = /\.test\.ts$|^python\/tests\/|\.contract\.ts$|\.gen\./

function tracked() {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' })
  return listed.split('\n').filter((path) => CODE.test(path) && !APART.test(path))
}

export function fileSizes() {
  const sizes = tracked().flatMap((path) => {
    try {
      return [{ path, lines: readFileSync(at(path), 'utf8').split('\n').length - 1 }]
    } catch {
      return [] // listed, yet removed from the work tree
    }
  })
  return judge(sizes)
}

export function judge(sizes) {
  const sorted = sizes.map(({ lines }) => lines).sort((a, b) => a - b)
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0
  const long = sizes
    .filter(({ lines }) => lines > CEILING)
    .map(({ path, lines }) => `${path} has ${lines} lines (at most ${CEILING})`)
  return median < MEDIAN ? long : [...long, `the median file has ${median} lines (under ${MEDIAN})`]
}
