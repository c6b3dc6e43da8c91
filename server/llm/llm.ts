// What kernels ask of language models: decided for the kernel as it is now, set aside, written down, and only then asked of the
// endpoint. Of prompts and answers nothing is written but how long they are.

import type { KernelId } from '#protocol/ids.ts'
import type { LLM_CALLS } from '#protocol/library/llm.ts'
import type { Answered, Asked } from '#protocol/library.ts'
import { MODEL } from '#protocol/limits.ts'
import type { KernelSpec, KernelState } from '#protocol/runner.ts'
import type { Clock } from '#protocol/wire.ts'
import type { Answers } from '../data/answers.ts'
import { Declined, type Ruling } from '../data/ruling.ts'
import type { Filling, RefusalCode } from '../data/words.ts'
import type { Log } from '../log.ts'
import type { Models } from '../seams/models.ts'
import type { Store } from '../seams/store.ts'
import { counted } from '../text.ts'
import { Answer } from './answer.ts'
import { KernelAnswers } from './answers.ts'
import { type Begin, Book } from './book.ts'
import type { Routes } from './routes.ts'
import { judge, mayGoOn } from './rule.ts'
import type { Terms } from './terms.ts'

/** What the operator set up, and the way to it. */
export type Served = { readonly url: string; readonly routes: Routes; readonly perDay: number; readonly models: Models }
type Given = {
  readonly models: Models | null
  readonly terms: Terms
  readonly ruling: Ruling
  readonly store: Pick<Store, 'audit' | 'allowance'>
  readonly clock: Clock
  readonly log: Log
}
type Call = keyof typeof LLM_CALLS
export type Llm = {
  readonly answers: Answers<Call>
  /** A kernel that has ended: what it waited for is cancelled. */
  forget(kernel: KernelId): void
  /** Ends the answers that the rules of now would not let begin. */
  recheck(): Promise<void>
}

export function makeLlm({ models, terms, ruling, store, clock, log }: Given): Llm {
  if (models === null) return { answers: off, forget: () => {}, recheck: async () => {} }
  const desk = new Desk(models, terms, new Book(terms, ruling, store), ruling, clock, log)
  return {
    answers: {
      'llm.models': (kernel) => desk.guarded('', () => desk.listed(kernel)),
      'llm.begin': (kernel, ask) => desk.guarded(ask.model, () => desk.begin(kernel.spec, ask)),
      'llm.next': (kernel, ask) => desk.next(kernel.spec.id, ask),
      'llm.cancel': (kernel, { id }) => desk.cancel(kernel.spec.id, id),
    },
    forget: (kernel) => desk.forget(kernel),
    recheck: () => desk.recheck(),
  }
}

const declineOff = async (): Promise<never> => {
  throw new Declined('llm-off', {})
}
const off: Answers<Call> = { 'llm.models': declineOff, 'llm.begin': declineOff, 'llm.next': declineOff, 'llm.cancel': declineOff }

class Desk {
  readonly #models: Models
  readonly #terms: Terms
  readonly #book: Book
  readonly #ruling: Ruling
  readonly #clock: Clock
  readonly #log: Log
  readonly #kept = new KernelAnswers()

  constructor(models: Models, terms: Terms, book: Book, ruling: Ruling, clock: Clock, log: Log) {
    this.#models = models
    this.#terms = terms
    this.#book = book
    this.#ruling = ruling
    this.#clock = clock
    this.#log = log
  }

  async listed({ spec }: KernelState): Promise<Answered<'llm.models'>> {
    const asker = { mode: spec.mode, label: await this.#ruling.taint(spec.id) }
    const open = [...(await this.#terms.all())].filter(([, route]) => judge(route, asker).ok)
    const models = open.map(([name, { tokens, label }]) => ({ name, tokens, label }))
    return { models, left: await this.#book.left(spec.person) }
  }

  async begin(spec: KernelSpec, ask: Begin): Promise<Answered<'llm.begin'>> {
    const known = this.#kept.find(spec.id, ask.id)
    if (known !== null) return known.answer.then(() => ({}))
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    if (!this.#kept.add(spec.id, ask.id, { alias: ask.model, answer: promise }))
      throw this.#declined('llm-running', ask.model, { limit: String(MODEL.running) })
    this.#start(spec, ask).then(resolve, reject)
    await promise
    return {}
  }

  async next(kernel: KernelId, { id, after }: Asked<'llm.next'>): Promise<Answered<'llm.next'>> {
    const begun = this.#kept.find(kernel, id)
    if (begun === null) throw new Declined('llm-gone', {})
    const more = await (await begun.answer).next(after)
    if (more === 'misplaced') throw new Declined('llm-place', {})
    if ('failed' in more) throw this.#declined(`llm-${more.failed}`, begun.alias, { limit: counted(MODEL.answer) })
    return more
  }

  async cancel(kernel: KernelId, id: string): Promise<Answered<'llm.cancel'>> {
    this.#kept.drop(kernel, id)
    return {}
  }

  forget(kernel: KernelId): void {
    this.#kept.dropAll(kernel)
  }

  /** One that is being decided may have been judged by the rules of before: it is waited for. */
  async recheck(): Promise<void> {
    for (const { alias, answer } of this.#kept.all()) {
      const begun = await answer.catch(() => null)
      if (begun?.running && !mayGoOn(await this.#terms.route(alias), begun.asker, begun.model)) begun.withdraw()
    }
  }

  /** Whatever goes wrong in here is said of the model, not of tables. */
  async guarded<T>(model: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof Declined) throw error
      this.#log.error({ err: error }, 'a model could not be asked')
      throw this.#declined('llm-broken', model, {})
    }
  }

  async #start(spec: KernelSpec, ask: Begin): Promise<Answer> {
    const decided = await this.#book.open(spec, ask)
    if (!decided.ok) throw this.#declined(decided.code, ask.model, decided.filling)
    const { model, tokens, asker } = decided
    const { messages, temperature } = ask
    const prompt = { model, messages, tokens, temperature }
    const answer = new Answer(this.#models, prompt, asker, this.#clock, () => this.#kept.drop(spec.id, ask.id))
    answer.outcome
      .then((outcome) => this.#book.close(spec, ask, decided.row, outcome))
      .catch((error: unknown) => this.#log.error({ err: error, kernel: spec.id }, 'the end of an answer not recorded'))
    return answer
  }

  #declined(code: RefusalCode, model: string, filling: Filling): Declined {
    return new Declined(code, { model, contact: this.#ruling.contact(), ...filling })
  }
}
