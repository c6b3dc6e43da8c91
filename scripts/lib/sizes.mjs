// The size rules of the code: no file over 400 lines, no function over 50; the medians under 150 and 12.
// A function is as long as it stands on the page, with all that is in it: a component's markup counts as its code does.
// A test is as long as its story: what is handed to `describe`, `test` or `it`, and what declares tests (a contract), is not
// measured; the helpers beside it are.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { at, ROOT } from './paths.mjs'
import { parse, walk } from './syntax.mjs'

const FILE = { ceiling: 400, median: 150 }
const FUNCTION = { ceiling: 50, median: 12 }
const CODE = /^(protocol|server|kernel-runner|web|python|scripts|e2e|bench)\/.*\.(ts|tsx|mjs|py|css)$/
const PARSED = /\.(ts|tsx|mjs)$/
const TEST = /\.(test|contract|spec)\.ts$/
const GENERATED = /\.gen\./

function tracked() {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' })
  return listed.split('\n').filter((path) => CODE.test(path) && !GENERATED.test(path))
}

/** What is too long in the tree, a line each. */
export function tooLong() {
  const sources = tracked().flatMap((path) => {
    try {
      return [{ path, text: readFileSync(at(path), 'utf8') }]
    } catch {
      return [] // listed, yet removed from the work tree
    }
  })
  return judge(sources)
}

export function judge(sources) {
  const files = sources.map(({ path, text }) => ({ where: path, lines: lineAt(text, text.length) - 1 }))
  const functions = sources.filter(({ path }) => PARSED.test(path)).flatMap(({ path, text }) => functionSizes(path, text))
  return [...over('file', files, FILE), ...over('function', functions, FUNCTION)]
}

function over(what, sizes, { ceiling, median }) {
  const sorted = sizes.map(({ lines }) => lines).sort((a, b) => a - b)
  const middle = sorted[Math.floor(sorted.length / 2)] ?? 0
  const long = sizes.filter(({ lines }) => lines > ceiling)
  const said = long.map(({ where, lines }) => `${where}: a ${what} of ${lines} lines (at most ${ceiling})`)
  return middle < median ? said : [...said, `the median ${what} has ${middle} lines (under ${median})`]
}

const lineAt = (text, offset) => text.slice(0, offset).split('\n').length

/** Every measured function of a file: where it begins, and how many lines it takes. */
function functionSizes(path, text) {
  const found = []
  const told = TEST.test(path) ? story : () => null
  walk(parse(path, text), (node, parent) => {
    if (!/^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)) return true
    const part = told(node, parent)
    const first = lineAt(text, node.start)
    if (part === null) found.push({ where: `${path}:${first}`, lines: lineAt(text, node.end) - first + 1 })
    return part !== 'test'
  })
  return found
}

const STORIES = new Set(['describe', 'test', 'it'])

/** What a function is in a test file: a test, a group of tests, or null: a helper. */
function story(node, parent) {
  const name = calledName(parent)
  if (STORIES.has(name)) return name === 'describe' ? 'group' : 'test'
  const declares = [node.body?.body].flat().some((statement) => STORIES.has(calledName(statement?.expression)))
  return declares ? 'group' : null
}

/** `it` of `it('…', …)`, `it.each(…)('…', …)` and `it.skipIf(…)('…', …)`. */
function calledName(call) {
  let callee = call?.type === 'CallExpression' ? call.callee : null
  while (callee && callee.type !== 'Identifier') callee = callee.object ?? callee.callee ?? null
  return callee?.name ?? null
}
