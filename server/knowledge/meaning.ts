// What a question means, asked of the endpoint of embeddings: only where it may be sent, on record before it is, and never in the way
// of the search itself, which then goes by words.
import type { Ranking } from '#protocol/library/kb.ts'
import { EMBEDDING } from '#protocol/limits.ts'
import { dominates, type Label } from '#protocol/policy/label.ts'
import type { KernelSpec } from '#protocol/runner.ts'
import { mint } from '../ids.ts'
import type { Log } from '../log.ts'
import type { Embedder } from '../seams/embeddings.ts'
import type { Meant } from '../seams/knowledge.ts'

type WordsOnly = Extract<Ranking, { by: 'full-text' }>
export type Asked = { readonly meant: Meant } | { readonly meant: null; readonly ranking: WordsOnly }
type Question = {
  readonly spec: KernelSpec
  readonly query: string
  readonly label: Label // that it counts with
  /** Writes down that it is sent. */
  readonly record: () => Promise<unknown>
}
type Given = { readonly embedder: Embedder | null; readonly now: () => number; readonly log: Log }

const SENTENCES = {
  unset: null,
  nothing: null,
  label: 'what this kernel has read is classified above what the endpoint of embeddings may be sent',
  unprepared: 'no passage that you may see has been prepared for a search by meaning yet',
  busy: `${EMBEDDING.running} searches of yours are under way already`,
  failed: 'the endpoint of embeddings does not answer as it should',
} as const satisfies Record<WordsOnly['why'], string | null>

/** `id`: of the line in the log. */
export function wordsOnly(why: WordsOnly['why'], id?: string): WordsOnly {
  const sentence = SENTENCES[why]
  const message = sentence === null ? null : `Found by words only: ${sentence}${id === undefined ? '' : ` (${id})`}.`
  return { by: 'full-text', why, message }
}
const without = (why: WordsOnly['why'], id?: string): Asked => ({ meant: null, ranking: wordsOnly(why, id) })

export class Meaning {
  readonly #given: Given
  readonly #running = new Map<string, number>() // questions, by person
  #rest: { readonly until: number; readonly id: string } | null = null

  constructor(given: Given) {
    this.#given = given
  }

  async of(question: Question): Promise<Asked> {
    const { embedder, now } = this.#given
    const { person } = question.spec
    if (embedder === null) return without('unset')
    if (!/[\p{L}\p{N}]/u.test(question.query)) return without('nothing')
    if (!dominates(embedder.label, question.label)) return without('label')
    if (this.#rest && now() < this.#rest.until) return without('failed', this.#rest.id)
    const running = this.#running.get(person) ?? 0
    if (running >= EMBEDDING.running) return without('busy')
    this.#running.set(person, running + 1)
    try {
      await question.record()
      return await this.#ask(embedder, question)
    } finally {
      this.#done(person)
    }
  }

  async #ask({ embeddings, model }: Embedder, { query, spec }: Question): Promise<Asked> {
    const said = await embeddings.embed([query], EMBEDDING.question, new AbortController().signal)
    const [vector] = said.ok ? said.vectors : []
    if (vector) return { meant: { model, vector } }
    const why = said.ok ? 'garbled' : said.why
    const id = mint('e')
    this.#given.log.warn({ id, why, kernel: spec.id, person: spec.person }, 'a question was searched by its words only')
    if (why !== 'rejected') this.#rest = { until: this.#given.now() + EMBEDDING.rest, id } // rejected: this question is at fault
    return without('failed', id)
  }

  #done(person: string): void {
    const left = (this.#running.get(person) ?? 1) - 1
    if (left === 0) this.#running.delete(person)
    else this.#running.set(person, left)
  }
}
