// What kernels ask of deployed models: decided for the kernel as it is now, written down, the kernel's label raised, and only then
// scored. Of rows and answers nothing is written but how many there were.
import type { KernelId } from '#protocol/ids.ts'
import type { INFERENCE_CALLS } from '#protocol/library/inference.ts'
import type { Answered, Asked } from '#protocol/library.ts'
import { INFERENCE } from '#protocol/limits.ts'
import { join, type Label } from '#protocol/policy/label.ts'
import type { KernelSpec, KernelState } from '#protocol/runner.ts'
import type { Answers } from '../data/answers.ts'
import { writtenPrediction } from '../data/holding.ts'
import { Declined, type Ruling } from '../data/ruling.ts'
import type { Filling, RefusalCode } from '../data/words.ts'
import type { Log } from '../log.ts'
import { type Limiter, makeLimiter } from '../rate.ts'
import type { AuditEntry, INFERENCE_DENIALS } from '../seams/audit.ts'
import type { Store } from '../seams/store.ts'
import { labelWords } from '../text.ts'
import type { Offer, Offers } from './offers.ts'
import { judge, misfit } from './rule.ts'

type Call = keyof typeof INFERENCE_CALLS
type Given = {
  readonly offers: Offers | null
  readonly ruling: Ruling
  readonly store: Pick<Store, 'audit' | 'governance'>
  readonly log: Log
}
export type Scoring = {
  readonly answers: Answers<Call>
  /** A kernel that has ended. */
  forget(kernel: KernelId): void
}
type Denial = (typeof INFERENCE_DENIALS)[number]
type Decision = Extract<AuditEntry, { kind: 'inference-decided' }>['decision']
type Predict = Asked<'inference.predict'>

const SECOND = 1000

export function makeScoring({ offers, ruling, store, log }: Given): Scoring {
  if (offers === null) return { answers: off, forget: () => {} }
  const desk = new Desk(offers, ruling, store, log)
  return {
    answers: {
      'inference.models': (kernel) => desk.guarded('', () => desk.listed(here(kernel))),
      'inference.describe': (kernel, { model }) => desk.guarded(model, () => desk.described(here(kernel), model)),
      'inference.predict': (kernel, ask) => desk.guarded(ask.model, () => desk.predict(here(kernel), ask)),
    },
    forget: (kernel) => offers.forget(kernel),
  }
}

const declineOff = async (): Promise<never> => {
  throw new Declined('inference-off', {})
}
const off: Answers<Call> = {
  'inference.models': declineOff,
  'inference.describe': declineOff,
  'inference.predict': declineOff,
}

/** Where kernels are not isolated from each other there is none of it. */
function here({ spec, data }: KernelState): KernelSpec {
  if (data === null) throw new Declined('not-here', {})
  return spec
}

class Desk {
  readonly #offers: Offers
  readonly #ruling: Ruling
  readonly #store: Pick<Store, 'audit' | 'governance'>
  readonly #log: Log
  readonly #limiter: Limiter

  constructor(offers: Offers, ruling: Ruling, store: Pick<Store, 'audit' | 'governance'>, log: Log) {
    this.#offers = offers
    this.#ruling = ruling
    this.#store = store
    this.#log = log
    this.#limiter = makeLimiter(ruling.now)
  }

  async listed(spec: KernelSpec): Promise<Answered<'inference.models'>> {
    const asker = await this.#asker(spec)
    const open = (await this.#offers.all()).filter((model) => judge(model, asker).ok)
    return { models: open.map(shown) }
  }

  async described(spec: KernelSpec, name: string): Promise<Answered<'inference.describe'>> {
    return shown((await this.#admissible(spec, name)).model)
  }

  async predict(spec: KernelSpec, ask: Predict): Promise<Answered<'inference.predict'>> {
    const { burst, perSecond } = INFERENCE
    const seconds = this.#limiter(spec.person, { burst, perSecond })
    if (seconds > 0) throw this.#declined('inference-rate', ask.model, { seconds: String(seconds) })
    const { model, label } = await this.#admissible(spec, ask.model)
    const detail = misfit(model, ask.columns)
    if (detail !== null) throw await this.#refuse(spec, model, 'inputs', label, { detail })
    const counts = join(label, model.label)
    const rows = ask.columns[0]?.values.length ?? 0
    const columns = model.inputs.map(({ name }) => name)
    const row = await this.#write(spec, model.name, { allowed: true, label, counts, columns, rows })
    // Also where it fails: that it does says something.
    await this.#store.governance.raise(spec.id, counts, writtenPrediction(model.name, counts))
    const predicted = await this.#offers.predict(model, spec.id, ask.columns)
    await this.#ended(spec, model, row, predicted.ok ? rows : null)
    if (!predicted.ok)
      throw this.#declined(`inference-${predicted.why}`, model.name, { limit: String(INFERENCE.seconds / SECOND) })
    return { columns: [...predicted.columns], label: counts }
  }

  /** Whatever goes wrong in here is said of the model, not of tables. */
  async guarded<T>(model: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof Declined) throw error
      this.#log.error({ err: error }, 'a deployed model could not be asked')
      throw this.#declined('inference-broken', model, {})
    }
  }

  async #asker(spec: KernelSpec) {
    const who = await this.#ruling.subject(spec.person)
    return { mode: spec.mode, label: await this.#ruling.taint(spec.id), who }
  }

  async #admissible(spec: KernelSpec, name: string): Promise<{ readonly model: Offer; readonly label: Label }> {
    const asker = await this.#asker(spec)
    const found = (await this.#offers.all()).find((model) => model.name === name)
    const judged = judge(found, asker)
    if (judged.ok) return { model: judged.model, label: asker.label }
    throw await this.#refuse(spec, found ?? name, judged.why, asker.label)
  }

  async #refuse(spec: KernelSpec, model: Offer | string, why: Denial, label: Label, more: Filling = {}): Promise<Declined> {
    const known = typeof model === 'string' ? null : model
    await this.#write(spec, known?.name ?? null, { allowed: false, why, label })
    const filling = { label: labelWords(label), most: known ? labelWords(known.label) : '', ...more }
    return this.#declined(`inference-${why}`, known?.name ?? String(model), filling)
  }

  /** What cannot be written down is not asked. The row's number. */
  async #write({ id: kernel, person, notebook }: KernelSpec, model: string | null, decision: Decision): Promise<number> {
    const entry = { kind: 'inference-decided', person, notebook, version: null, kernel, model, decision } as const
    return (await this.#store.audit.append(entry, this.#ruling.now())).seq
  }

  async #ended({ person }: KernelSpec, { name: model }: Offer, of: number, rows: number | null): Promise<void> {
    const end = rows === null ? 'failed' : 'complete'
    await this.#store.audit.append({ kind: 'inference-done', person, model, of, rows: rows ?? 0, end }, this.#ruling.now())
  }

  #declined(code: RefusalCode, model: string, filling: Filling): Declined {
    return new Declined(code, { model, contact: this.#ruling.contact(), ...filling })
  }
}

const shown = ({ name, description, label, inputs }: Offer) => ({ name, description, label, inputs: [...inputs] })
