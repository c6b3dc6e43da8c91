// Models and kernels for tests, and what a kernel asks of them, as its library does.
import type { Label } from '#protocol/policy/label.ts'
import type { Role } from '#protocol/roles.ts'
import type { KernelState } from '#protocol/runner.ts'
import type { Library } from '../../data/library.ts'
import { readyKernel } from '../../kernels/testing/kernel.ts'
import type { Route } from '../routes.ts'

export const INTERNAL: Label = { level: 'internal', markings: [] }
export const SECRET: Label = { level: 'secret', markings: ['PII'] }
export const ANALYST = 'p_demo-analyst'

const route = (model: string, over: Partial<Route> = {}): Route => ({
  model,
  label: INTERNAL,
  readers: false,
  tokens: 100,
  ...over,
})
/** The names are those of the test's endpoint. */
export const ROUTES: ReadonlyMap<string, Route> = new Map([
  ['default', route('echo')],
  ['open', route('echo', { readers: true })],
  ['trusted', route('echo', { label: SECRET, tokens: 50 })],
  ['stays', route('unended')],
  ...['uncounted', 'unended', 'cutOff', 'broken', 'keyless', 'redirect', 'tooMany', 'endless'].map(
    (model) => [model.toLowerCase(), route(model)] as const,
  ),
])

export const kernelOf = (mode: Role, id = `k_test-${mode}`): KernelState => readyKernel({ id, person: ANALYST, mode }, null)
export const EDIT = kernelOf('edit')
export const RUN = kernelOf('run')

// biome-ignore lint/suspicious/noExplicitAny: an answer as the kernel gets it
export type Said = any

let ids = 0
export const fresh = () => `answer-${String(++ids).padStart(12, '0')}`

export function asking(library: () => Library) {
  const ask = async (kernel: KernelState, call: string, body: unknown): Promise<Said> =>
    JSON.parse(await library()(kernel, JSON.stringify({ call, body })))
  const begin = (kernel: KernelState, model: string, over: object = {}): Promise<Said> => {
    const messages = [{ role: 'user', content: 'what was asked' }]
    return ask(kernel, 'llm.begin', { id: fresh(), model, messages, tokens: null, temperature: null, ...over })
  }

  /** As the library does: to the end, or to the refusal. */
  async function complete(kernel: KernelState, model: string, over: { id?: string } = {}): Promise<Said> {
    const id = over.id ?? fresh()
    const begun = await begin(kernel, model, { ...over, id })
    if (begun.error) return begun
    let text = ''
    for (let at = 0; ; ) {
      const { ok, error } = await ask(kernel, 'llm.next', { id, after: at })
      if (error) return { text, error }
      text += ok.text
      at = ok.at
      if (ok.end !== null) return { text, end: ok.end }
    }
  }
  return { ask, begin, complete }
}
