// Who may import whom, judged on the real syntax tree.
// A rule: files matching `from` may not import files matching `to` (`$1` in `to` and `but` stands for from's group).
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { exists } from './paths.mjs'
import { parse, walk } from './syntax.mjs'

export const ROOTS = ['protocol', 'server', 'kernel-runner', 'web', 'e2e', 'bench']
const TEST = /\.(test|contract)\.ts$/
const sides = (...names) => new RegExp(`^(${names.join('|')})/`)

export const RULES = [
  {
    name: 'protocol imports nothing of ours',
    from: /^protocol\//,
    to: sides('web', 'server', 'kernel-runner', 'e2e', 'bench', 'scripts'),
  },
  { name: 'web imports protocol only', from: /^web\//, to: sides('server', 'kernel-runner', 'e2e', 'bench', 'scripts') },
  { name: 'server imports protocol only', from: /^server\//, to: sides('web', 'kernel-runner', 'e2e', 'bench', 'scripts') },
  {
    name: 'kernel-runner imports protocol only',
    from: /^kernel-runner\//,
    to: sides('web', 'server', 'e2e', 'bench', 'scripts'),
  },
  { name: 'seams import protocol only', from: /^server\/seams\//, to: /^server\/(?!seams\/)/, tests: 'may' },
  {
    name: 'adapters import seams only',
    from: /^server\/(identity|models|scorers|store)\//,
    to: /^server\//,
    but: /^server\/(seams|$1)\//,
    tests: 'may',
  },
  {
    name: 'a provider knows no kernels and no stream',
    from: /^kernel-runner\/providers\//,
    to: /^kernel-runner\/(kernels|stream)\//,
    tests: 'may',
  },
  {
    name: 'a stream knows no kernels and no provider',
    from: /^kernel-runner\/stream\//,
    to: /^kernel-runner\/(kernels|providers)\//,
  },
  {
    name: 'only main knows which provider',
    from: /^kernel-runner\/(?!main\.ts|testing\/|providers\/local\/)/,
    to: /^kernel-runner\/providers\/local\//,
  },
  {
    name: 'notebooks and kernels know no page and no socket',
    from: /^server\/(notebooks|kernels)\//,
    to: /^server\/(web|mux)\//,
  },
  {
    name: 'policy knows the words of the seams and nothing else of the server',
    from: /^server\/policy\//,
    to: /^server\/(?!policy\/|seams\/)/,
    tests: 'may',
  },
  { name: 'nothing imports main', from: /./, to: /^(server|kernel-runner)\/main\.ts$/, tests: 'may' },
  {
    name: 'a feature never imports a feature',
    from: /^web\/features\/([^/]+)\//,
    to: /^web\/features\//,
    but: /^web\/features\/$1\//,
  },
  {
    name: 'what features are made of knows no feature and no shell',
    from: /^web\/(primitives|ui)\//,
    to: /^web\/(features|shell)\//,
  },
  { name: 'the net draws nothing', from: /^web\/net\//, to: /^web\/ui\// },
  {
    name: 'what is for tests is imported by tests',
    from: /^(protocol|server|kernel-runner|web)\/(?!.*\btesting\b)/,
    to: /\btesting(\/|\.ts$)/,
    tests: 'may',
  },
]

const fill = (pattern, match) => new RegExp(pattern.source.replace('$1', match[1] ?? ''))

export function broken(from, to, rules = RULES) {
  return rules.filter((rule) => {
    const match = rule.from.exec(from)
    if (match === null || (rule.tests === 'may' && TEST.test(from))) return false
    return rule.to.test(to) && !(rule.but && fill(rule.but, match).test(to))
  })
}

function* sources(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory() && entry.name !== 'node_modules') yield* sources(path)
    else if (/\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts')) yield path
  }
}

/** Every specifier a file names: import, export … from, import(), and import types (which are gone when it runs). */
export function specifiers(path, text) {
  const found = []
  walk(parse(path, text), (node) => {
    if (/^(Import|Export|TSImport)/.test(node.type) && typeof node.source?.value === 'string')
      found.push({
        specifier: node.source.value,
        erased: [node.type, node.importKind, node.exportKind].some((kind) => kind === 'type' || kind === 'TSImportType'),
      })
    return true
  })
  return found
}

function target(root, from, specifier) {
  if (specifier.startsWith('#protocol/')) return specifier.replace('#', '')
  return specifier.startsWith('.') ? relative(root, resolve(root, dirname(from), specifier.replace(/\?.*$/, ''))) : null
}

/** file -> [{ to, erased }] */
export function graph(root) {
  const edges = new Map()
  for (const folder of ROOTS.map((name) => join(root, name)).filter(exists))
    for (const path of sources(folder)) {
      const from = relative(root, path)
      const named = specifiers(path, readFileSync(path, 'utf8'))
      edges.set(
        from,
        named.flatMap(({ specifier, erased }) => ((to) => (to === null ? [] : [{ to, erased }]))(target(root, from, specifier))),
      )
    }
  return edges
}

/** What is wrong in the tree at `root`, a line each. */
export function violations(root) {
  const edges = graph(root)
  const lines = [...edges].flatMap(([from, tos]) =>
    tos.flatMap(({ to }) => broken(from, to).map(({ name }) => `${name}: ${from} → ${to}`)),
  )
  return [...new Set(lines), ...cycles(edges).map((path) => `no cycles: ${path.join(' → ')}`)]
}

/** Of what is still there when it runs: types may refer to each other. */
export function cycles(edges) {
  const state = new Map()
  const found = []
  const visit = (file, trail) => {
    if (state.get(file) === 'done') return
    if (state.get(file) === 'open') return found.push([...trail.slice(trail.indexOf(file)), file])
    state.set(file, 'open')
    for (const { to, erased } of edges.get(file) ?? []) if (!erased) visit(to, [...trail, file])
    state.set(file, 'done')
  }
  for (const file of edges.keys()) visit(file, [])
  return found
}
