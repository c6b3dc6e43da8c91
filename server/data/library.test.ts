// What a kernel may ask, by what it is.
import { expect, test } from 'vitest'
import type { LibraryCall } from '#protocol/library.ts'
import { LOWEST } from '#protocol/policy/label.ts'
import { type KernelState, POWERS } from '#protocol/runner.ts'
import { makeLog } from '../log.ts'
import type { Answers } from './answers.ts'
import { MAY_ASK, makeLibrary } from './library.ts'

const READS = ['tables.list', 'tables.describe', 'tables.read', 'tables.query', 'kb.search']
const MODELS = [
  'llm.models',
  'llm.begin',
  'llm.next',
  'llm.cancel',
  'inference.models',
  'inference.describe',
  'inference.predict',
]
const CHANGES = ['tables.write', 'tables.written', 'artefacts.save', 'artefacts.saved', 'artefacts.list']

test('the table is the design’s, cell by cell', () => {
  const calls = Object.keys(MAY_ASK) as LibraryCall[]
  const may = Object.fromEntries(POWERS.map((powers) => [powers, calls.filter((call) => MAY_ASK[call][powers]).sort()]))
  expect(may).toEqual({
    edit: [...READS, ...MODELS, ...CHANGES].sort(),
    restricted: [...READS].sort(),
    run: [...READS, ...MODELS].sort(),
    preview: [...READS].sort(),
  })
})

const kernel = (over: object): KernelState =>
  ({ spec: { id: 'k_00000001', person: 'p_00000001', notebook: 'n_00000001', ...over } }) as KernelState

async function ask(state: KernelState, call: LibraryCall, body: object): Promise<unknown> {
  const barred: string[] = []
  const answers = { 'tables.list': async () => ({ tables: [] }) } as unknown as Answers
  const ruling = { barred: async (_spec: unknown, what: string) => void barred.push(what) }
  const line = await makeLibrary(answers, ruling, makeLog('silent', { write: () => {} }))(state, JSON.stringify({ call, body }))
  return [JSON.parse(line), barred]
}

test.each([
  ['of a notebook that is not trusted yet', { mode: 'edit', trust: 'restricted' }, 'untrusted', 'press “Trust this version”'],
  ['of a reader', { mode: 'run' }, 'readers', 'Ask its author'],
  ['of a reader, whatever is trusted', { mode: 'run', trust: 'restricted' }, 'readers', 'Ask its author'],
  ['of a preview', { mode: 'run', preview: { clearance: LOWEST, groups: [] } }, 'preview', 'A preview only reads'],
])('a kernel %s: refused in words that help, and on record', async (_, spec, code, words) => {
  const [answer, barred] = (await ask(kernel(spec), 'tables.write', { table: 't' })) as [object, string[]]
  expect(answer).toMatchObject({ error: { code, message: expect.stringContaining(words) } })
  expect(answer).toMatchObject({ error: { message: expect.stringContaining('tables.write of “t”') } })
  expect(barred).toEqual(['tables.write'])
})

test('a kernel of a notebook that is not trusted yet reads as its person', async () => {
  expect(await ask(kernel({ mode: 'edit', trust: 'restricted' }), 'tables.list', {})).toEqual([{ ok: { tables: [] } }, []])
})
