// The record of what models were asked: may it be, how much is set aside for it, and what it took in the end.
import type { PersonId } from '#protocol/ids.ts'
import type { Asked } from '#protocol/library.ts'
import type { Label } from '#protocol/policy/label.ts'
import type { KernelSpec } from '#protocol/runner.ts'
import type { Ruling } from '../data/ruling.ts'
import type { Filling, RefusalCode } from '../data/words.ts'
import type { Use } from '../seams/allowance.ts'
import type { AuditEntry, MODEL_DENIALS } from '../seams/audit.ts'
import type { Store } from '../seams/store.ts'
import { counted, labelWords } from '../text.ts'
import type { Outcome } from './answer.ts'
import { type Day, leftOf } from './left.ts'
import { type Asker, dayOf, estimate, judge, mostOf } from './rule.ts'
import type { Term, Terms } from './terms.ts'

export type Begin = Asked<'llm.begin'>
type Denial = (typeof MODEL_DENIALS)[number]
type Refused = { readonly ok: false; readonly code: RefusalCode; readonly filling: Filling }
/** `model`: the endpoint's own name. `tokens`: of the answer, at most. `row`: of the audit. */
export type Opened = {
  readonly ok: true
  readonly model: string
  readonly asker: Asker
  readonly tokens: number
  readonly row: number
}
type Weighed = { readonly why: Denial; readonly refused: Refused } | { readonly route: Term; readonly tokens: number }

export class Book {
  readonly #terms: Terms
  readonly #ruling: Ruling
  readonly #store: Pick<Store, 'audit' | 'allowance'>

  constructor(terms: Terms, ruling: Ruling, store: Pick<Store, 'audit' | 'allowance'>) {
    this.#terms = terms
    this.#ruling = ruling
    this.#store = store
  }

  /** Of the day, in all. */
  left(person: PersonId): Promise<number> {
    return leftOf(this.#store.allowance, this.#day(person), this.#terms.perDay)
  }

  /** Set aside and on record, on the disk, before the endpoint hears of it. */
  async open(spec: KernelSpec, ask: Begin): Promise<Opened | Refused> {
    const asker = { mode: spec.mode, label: await this.#ruling.taint(spec.id) }
    const { label } = asker
    const weighed = weigh(await this.#terms.route(ask.model), asker, ask)
    if ('refused' in weighed) return this.#refuse(spec, ask, label, weighed.why, weighed.refused)
    const { route, tokens } = weighed
    const wanted = mostOf(ask.messages) + tokens
    const use = { kernel: spec.id, id: ask.id, ...this.#day(spec.person), model: ask.model, tokens: wanted }
    const answer = await this.#store.allowance.reserve(use, this.#terms.perDay, route.perDay)
    if (answer === 'known') return refused('llm-gone', {}) // of before a restart
    if (answer === 'over') return this.#refuse(spec, ask, label, 'quota', await this.#over(use, this.#terms.perDay))
    if (answer === 'share') return this.#refuse(spec, ask, label, 'share', await this.#over(use, route.perDay ?? 0, ask.model))
    return { ok: true, model: route.model, asker, tokens, row: await this.#admit(spec, ask, label, wanted) }
  }

  async close(spec: KernelSpec, ask: Begin, of: number, { heard, bytes }: Outcome): Promise<void> {
    const used = heard?.type === 'end' ? heard.used : null
    const nothing = heard?.type === 'failed' && bytes === 0
    const tokens = used ?? (nothing ? 0 : estimate(ask.messages, bytes))
    await this.#store.allowance.settle({ kernel: spec.id, id: ask.id }, tokens)
    const end = heard === null ? 'cut' : ({ end: 'complete', failed: 'failed' } as const)[heard.type]
    const counted = used === null ? 'estimate' : 'endpoint'
    const done: AuditEntry = { kind: 'model-done', person: spec.person, model: ask.model, of, tokens, counted, end }
    await this.#store.audit.append(done, this.#ruling.now())
  }

  #day(person: PersonId): Day {
    return { person, day: dayOf(this.#ruling.now()) }
  }

  /** `model`: where it is its own bound that is met. */
  async #over({ tokens, ...day }: Use, most: number, model?: string): Promise<Refused> {
    const left = counted(await leftOf(this.#store.allowance, day, most, model))
    return refused(model === undefined ? 'llm-quota' : 'llm-share', { wanted: counted(tokens), left, limit: counted(most) })
  }

  /** What cannot be written down is not asked, and takes nothing. */
  async #admit(spec: KernelSpec, { id, model, messages }: Begin, label: Label, tokens: number): Promise<number> {
    const characters = messages.reduce((sum, { content }) => sum + content.length, 0)
    const decision = { allowed: true, label, messages: messages.length, characters, tokens } as const
    try {
      return (await this.#store.audit.append(decided(spec, model, decision), this.#ruling.now())).seq
    } catch (error) {
      await this.#store.allowance.settle({ kernel: spec.id, id }, 0)
      throw error
    }
  }

  async #refuse(spec: KernelSpec, { model }: Begin, label: Label, why: Denial, said: Refused): Promise<Refused> {
    const entry = decided(spec, why === 'absent' ? null : model, { allowed: false, why, label })
    await this.#store.audit.append(entry, this.#ruling.now())
    return said
  }
}

function weigh(found: Term | undefined, asker: Asker, { tokens }: Begin): Weighed {
  const judged = judge(found, asker)
  if (!judged.ok) {
    const filling = { label: labelWords(asker.label), most: found ? labelWords(found.label) : '' }
    return { why: judged.why, refused: refused(`llm-${judged.why}`, filling) }
  }
  const { route } = judged
  if (tokens !== null && tokens > route.tokens)
    return { why: 'tokens', refused: refused('llm-tokens', { limit: counted(route.tokens) }) }
  return { route, tokens: tokens ?? route.tokens }
}

type Decision = Extract<AuditEntry, { kind: 'model-decided' }>['decision']
const decided = ({ id: kernel, person, notebook }: KernelSpec, model: string | null, decision: Decision): AuditEntry => ({
  kind: 'model-decided',
  person,
  notebook,
  version: null,
  kernel,
  model,
  decision,
})

const refused = (code: RefusalCode, filling: Filling): Refused => ({ ok: false, code, filling })
