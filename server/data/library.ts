// One line of a kernel and its answer. What comes in is hostile; what goes out names no value of data, and each refusal has an
// id that stands in the log.
import * as z from 'zod/mini'
import { LIBRARY, LIBRARY_CALLS, LibraryAsk, type LibraryCall, type LibraryRefusal } from '#protocol/library.ts'
import { type KernelState, type Powers, powersOf } from '#protocol/runner.ts'
import { mint } from '../ids.ts'
import type { Log } from '../log.ts'
import type { Answers } from './answers.ts'
import { Declined, type Ruling } from './ruling.ts'
import { type RefusalCode, sentence } from './words.ts'

/** What a kernel may ask, by what it is: total, so that a new call does not compile until somebody decides. */
export const MAY_ASK: Record<LibraryCall, Record<Powers, boolean>> = {
  'tables.list': { edit: true, restricted: true, run: true, preview: true },
  'tables.describe': { edit: true, restricted: true, run: true, preview: true },
  'tables.read': { edit: true, restricted: true, run: true, preview: true },
  'tables.query': { edit: true, restricted: true, run: true, preview: true },
  'tables.write': { edit: true, restricted: false, run: false, preview: false },
  'tables.written': { edit: true, restricted: false, run: false, preview: false },
  'kb.search': { edit: true, restricted: true, run: true, preview: true },
  'llm.models': { edit: true, restricted: false, run: true, preview: false },
  'llm.begin': { edit: true, restricted: false, run: true, preview: false }, // a reader's: routes that are open to readers (llm/rule.ts)
  'llm.next': { edit: true, restricted: false, run: true, preview: false },
  'llm.cancel': { edit: true, restricted: false, run: true, preview: false },
  'artefacts.save': { edit: true, restricted: false, run: false, preview: false },
  'artefacts.saved': { edit: true, restricted: false, run: false, preview: false },
  'artefacts.list': { edit: true, restricted: false, run: false, preview: false },
  'inference.models': { edit: true, restricted: false, run: true, preview: false },
  'inference.describe': { edit: true, restricted: false, run: true, preview: false }, // a reader's: models that are open to readers (inference/rule.ts)
  'inference.predict': { edit: true, restricted: false, run: true, preview: false },
}

const BARRED = { edit: 'readers', restricted: 'untrusted', run: 'readers', preview: 'preview' } as const satisfies Record<
  Powers,
  RefusalCode
>

type Barring = Pick<Ruling, 'barred'>
export type Library = (kernel: KernelState, line: string) => Promise<string>

export function makeLibrary(answers: Answers, ruling: Barring, log: Log): Library {
  return async (kernel, line) => {
    try {
      const answer = JSON.stringify({ ok: await dispatch(answers, ruling, kernel, line) })
      if (Buffer.byteLength(answer) > LIBRARY.answer)
        throw new Declined('bad-question', { table: '', detail: 'the answer is too long' })
      return answer
    } catch (error) {
      return JSON.stringify({ error: refusal(error, kernel, log) })
    }
  }
}

async function dispatch(answers: Answers, ruling: Barring, kernel: KernelState, line: string): Promise<unknown> {
  const ask = LibraryAsk.safeParse(parsed(line))
  if (!ask.success || !isCall(ask.data.call)) throw new Declined('not-a-call', {})
  const { call, body } = ask.data
  const powers = powersOf(kernel.spec)
  if (!MAY_ASK[call][powers]) {
    await ruling.barred(kernel.spec, call)
    throw new Declined(BARRED[powers], { call, of: ofWhat(body) })
  }
  return answerTo(answers, call, kernel, body)
}

async function answerTo<C extends LibraryCall>(answers: Answers, call: C, kernel: KernelState, body: unknown): Promise<unknown> {
  const read = LIBRARY_CALLS[call].ask.safeParse(body)
  if (!read.success) throw new Declined('bad-question', { table: named(body) ?? call, detail: 'its parts have another shape' })
  return answers[call](kernel, read.data as never)
}

/** What is said is what such a reader would be told, or their author, who both may see less of it. */
const PREVIEWED = 'In this preview: '

const isCall = (call: string): call is LibraryCall => Object.hasOwn(LIBRARY_CALLS, call)

const Name = z.string().check(z.maxLength(255))
const Named = z.object({ table: z.optional(Name), name: z.optional(Name) })
const named = (body: unknown): string | undefined => Named.safeParse(body).data?.table
function ofWhat(body: unknown): string {
  const { table, name } = Named.safeParse(body).data ?? {}
  const what = table ?? name
  return what === undefined ? '' : ` of “${what}”`
}

function refusal(error: unknown, { spec }: KernelState, log: Log): LibraryRefusal {
  const id = mint('e')
  const known = error instanceof Declined
  const code: RefusalCode = known ? error.code : 'unavailable'
  const said = { id, code, kernel: spec.id, person: spec.person }
  if (known) log.info(said, 'a kernel was refused')
  else log.error({ ...said, err: error }, 'a kernel was not answered')
  const message = sentence(code, known ? error.filling : {})
  return { code, message: spec.preview && code !== 'preview' ? `${PREVIEWED}${message}` : message, id }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
