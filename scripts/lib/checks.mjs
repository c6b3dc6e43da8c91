// The static checks, each with a name and an answer: null when it holds, else what is wrong.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { at, NODE, ROOT } from './paths.mjs'
import { run } from './run.mjs'

const bin = (path) => at('node_modules', path)
const failure = (promise) => promise.then(() => null).catch((error) => error.message)
const SIDES = ['.', 'server', 'kernel-runner', 'web', 'e2e', 'bench']

const types = (side) => failure(run(NODE, [bin('typescript/bin/tsc'), '-p', at(side)]))

/** Loaded late: the parser lives in node_modules. */
const imports = () => import('./imports.mjs')
const sizes = () => import('./sizes.mjs')

async function importRules() {
  const { violations } = await imports()
  return violations(ROOT).join('\n') || null
}

/** One forbidden import each; a tree that holds only it must be found wrong, by that rule. */
const PLANTED = {
  'protocol imports nothing of ours': ['protocol/a.ts', "export type A = import('../server/b.ts').B", 'server/b.ts'],
  'web imports protocol only': ['web/a.tsx', "import { b } from '../server/b.ts'; export const a = <p>{b}</p>", 'server/b.ts'],
  'server imports protocol only': ['server/a.ts', "export * from '../kernel-runner/b.ts'", 'kernel-runner/b.ts'],
  'kernel-runner imports protocol only': ['kernel-runner/a.ts', "import type { B } from '../server/b.ts'", 'server/b.ts'],
  'seams import protocol only': ['server/seams/a.ts', "import '../notebooks/b.ts'", 'server/notebooks/b.ts'],
  'adapters import seams only': ['server/store/a.ts', "import '../identity/b.ts'", 'server/identity/b.ts'],
  'a provider knows no kernels and no stream': [
    'kernel-runner/providers/local/a.ts',
    "import '../../stream/b.ts'",
    'kernel-runner/stream/b.ts',
  ],
  'a stream knows no kernels and no provider': [
    'kernel-runner/stream/a.ts',
    "import '../kernels/b.ts'",
    'kernel-runner/kernels/b.ts',
  ],
  'only main knows which provider': [
    'kernel-runner/providers/a.ts',
    "import './local/b.ts'",
    'kernel-runner/providers/local/b.ts',
  ],
  'notebooks and kernels know no page and no socket': ['server/notebooks/a.ts', "import '../mux/b.ts'", 'server/mux/b.ts'],
  'policy knows the words of the seams and nothing else of the server': [
    'server/policy/a.ts',
    "import '../data/b.ts'",
    'server/data/b.ts',
  ],
  'nothing imports main': ['server/web/a.ts', "import '../main.ts'", 'server/main.ts'],
  'a feature never imports a feature': ['web/features/one/a.ts', "await import('../two/b.ts')", 'web/features/two/b.ts'],
  'what features are made of knows no feature and no shell': [
    'web/ui/a.tsx',
    "import { b } from '../features/two/b.ts'; export const a = <p>{b}</p>",
    'web/features/two/b.ts',
  ],
  'the net draws nothing': ['web/net/a.ts', "export * from '../ui/b.ts'", 'web/ui/b.ts'],
  'what is for tests is imported by tests': ['server/a.ts', "import './kernels/testing/b.ts'", 'server/kernels/testing/b.ts'],
  'no cycles': ['web/a.ts', "import './b.ts'", 'web/b.ts', "import './a.ts'"],
}

async function plantedViolations() {
  const { RULES, violations } = await imports()
  const untested = RULES.filter(({ name }) => !(name in PLANTED)).map(({ name }) => name)
  const missed = Object.entries(PLANTED).filter(([rule, files]) => !plant(violations, files).startsWith(`${rule}:`))
  const names = [...untested, ...missed.map(([rule]) => rule)]
  return names.length === 0 ? null : `these rules let through what they forbid: ${names.join(', ')}`
}

function plant(violations, [from, text, to, back = 'export const b = 1']) {
  const root = mkdtempSync(join(tmpdir(), 'planted-'))
  try {
    for (const [path, content] of [
      [from, text],
      [to, back],
    ]) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), content)
    }
    return violations(root).join('\n')
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

export const CHECKS = [
  { name: 'format and lint', check: () => failure(run(bin('.bin/biome'), ['check', '.'], { cwd: ROOT })) },
  ...SIDES.map((side) => ({ name: `types: ${side === '.' ? 'protocol' : side}`, check: () => types(side) })),
  { name: 'import rules', check: importRules },
  { name: 'import rules catch what they forbid', check: plantedViolations },
  { name: 'sizes of files and functions', check: async () => (await sizes()).tooLong().join('\n') || null },
]
