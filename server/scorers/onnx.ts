// The workspace's own models: files of a folder, NAME.onnx with NAME.json beside it, each opened only in a process of its own for each kernel
// that asks (process.ts). No more than a few of those are there; the one that was idle longest makes room.
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Alias } from '#protocol/library/llm.ts'
import { INFERENCE } from '#protocol/limits.ts'
import type { Batch, Deployed, Described, FileInference, Predicted } from '../seams/inference.ts'
import { readDescribed } from './described.ts'
import { type Place, Scorer } from './process.ts'

type Options = Place & { readonly folder: string }
type Kept = { readonly whose: string; readonly scorer: Scorer; cancel: () => void }

const SUFFIX = '.json'

export function onnxInference(options: Options): FileInference {
  return new Folder(options)
}

class Folder implements FileInference {
  readonly #options: Options
  #describing: Promise<unknown> = Promise.resolve()
  #opening: Scorer | null = null // of the file that is described
  readonly #kept = new Map<string, Kept>() // by whose, and the file as it is; the one that was asked last is the last

  constructor(options: Options) {
    this.#options = options
  }

  async list(): Promise<readonly Deployed[]> {
    const files = await readdir(this.#options.folder).catch((): string[] => [])
    const names = files.filter((name) => name.endsWith(SUFFIX)).map((name) => name.slice(0, -SUFFIX.length))
    const usable = names.filter((name) => Alias.safeParse(name).success && files.includes(`${name}.onnx`)).sort()
    const found = await Promise.all(usable.slice(0, INFERENCE.models).map((name) => this.#described(name)))
    return found.filter((model) => model !== null)
  }

  async predict({ whose, model, columns }: Batch): Promise<Predicted> {
    const scorer = await this.#scorer(whose, model).catch(() => 'unknown' as const)
    return typeof scorer === 'string' ? { ok: false, why: scorer } : scorer.score(columns)
  }

  describe(file: Uint8Array): Promise<Described> {
    const said = this.#describing.then(async () => {
      const scorer = new Scorer(this.#options, file)
      this.#opening = scorer
      return scorer.describe().finally(() => scorer.end())
    })
    this.#describing = said
    return said
  }

  forget(whose: string): void {
    for (const [key, kept] of [...this.#kept]) if (kept.whose === whose) this.#drop(key)
  }

  close(): void {
    this.#opening?.end()
    for (const key of [...this.#kept.keys()]) this.#drop(key)
  }

  async #described(name: string): Promise<Deployed | null> {
    const text = await readFile(this.#path(name, SUFFIX), 'utf8').catch(() => '')
    return readDescribed(name, text)
  }

  /** Of the file as it is now: one that was replaced is opened anew. */
  async #scorer(whose: string, model: string): Promise<Scorer | 'busy' | 'unusable'> {
    const path = this.#path(model, '.onnx')
    const { mtimeMs, size } = await stat(path)
    if (size > INFERENCE.file) return 'unusable'
    const key = JSON.stringify([whose, model, mtimeMs, size])
    const known = this.#use(key)
    if (known) return known
    const file = await readFile(path)
    return this.#use(key) ?? this.#start(key, whose, file)
  }

  #use(key: string): Scorer | null {
    const kept = this.#kept.get(key)
    if (kept === undefined) return null
    if (kept.scorer.ended) {
      this.#drop(key)
      return null
    }
    this.#kept.delete(key)
    this.#kept.set(key, kept)
    this.#wait(key, kept)
    return kept.scorer
  }

  #start(key: string, whose: string, file: Uint8Array): Scorer | 'busy' {
    for (const [other, { scorer }] of [...this.#kept]) if (scorer.ended) this.#drop(other)
    if (this.#kept.size >= INFERENCE.processes) {
      const idle = [...this.#kept].find(([, { scorer }]) => !scorer.busy)
      if (idle === undefined) return 'busy'
      this.#drop(idle[0])
    }
    const kept: Kept = { whose, scorer: new Scorer(this.#options, file), cancel: () => {} }
    this.#kept.set(key, kept)
    this.#wait(key, kept)
    return kept.scorer
  }

  #wait(key: string, kept: Kept): void {
    kept.cancel()
    kept.cancel = this.#options.clock.after(INFERENCE.idle, () => (kept.scorer.busy ? this.#wait(key, kept) : this.#drop(key)))
  }

  #drop(key: string): void {
    const kept = this.#kept.get(key)
    kept?.cancel()
    kept?.scorer.end()
    this.#kept.delete(key)
  }

  readonly #path = (name: string, suffix: string) => join(this.#options.folder, `${name}${suffix}`)
}
