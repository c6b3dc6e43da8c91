// Model files that people upload, each under its digest: one that is there is whole, and never another. It is kept only if it opens in a
// process that can only compute, and goes in an hour where no model is of it.
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { INFERENCE, NOTEBOOK } from '#protocol/limits.ts'
import { FileDigest, type ModelFile } from '#protocol/policy/deployed.ts'
import { sizeText } from '#protocol/size.ts'
import { refuse } from '../errors.ts'
import { partsOf } from '../incoming.ts'
import type { Batch, FileInference, InferenceFailure, Predicted } from '../seams/inference.ts'
import { makeSerial } from '../serial.ts'

/** `scorer`: over the folder `models` of the same home. */
type Options = {
  readonly home: string
  readonly scorer: FileInference
  readonly free: () => number
  readonly now: () => number
}

const FOLDER = 'uploaded' // in the folder of models
const NEW = 'wx'
const PART = '.part'
const MODEL = '.onnx'
const SECOND = 1000

export class Uploads {
  readonly #options: Options
  readonly #folder: string
  readonly #serial = makeSerial()

  constructor(options: Options) {
    this.#options = options
    this.#folder = join(options.home, 'models', FOLDER)
  }

  /** What it takes and makes, by itself. Throws Refused where it is not kept. */
  async take(bytes: Readable, declared: number): Promise<ModelFile> {
    if (declared > INFERENCE.file) throw tooBig()
    if (this.#options.free() - INFERENCE.file < NOTEBOOK.reserve) throw refuse('disk-full', { limit: sizeText(NOTEBOOK.reserve) })
    await mkdir(this.#folder, { recursive: true })
    const part = join(this.#folder, `${randomUUID()}${PART}`)
    try {
      await receive(bytes, part)
      const file = await this.#opened(await readFile(part))
      await this.#serial('keep', async () => {
        await rename(part, this.#path(file.digest))
        await touch(this.#path(file.digest), this.#options.now())
      })
      return file
    } finally {
      await rm(part, { force: true })
    }
  }

  /** One that was taken in: from now on it is kept for an hour more. Throws Refused where it is not there, or not as it was. */
  async look(digest: string): Promise<ModelFile> {
    const kept = await this.#serial('keep', () => touch(this.#path(digest), this.#options.now()))
    if (!kept) throw refuse('model-file-gone')
    const file = await this.#opened(await readFile(this.#path(digest)))
    if (file.digest !== digest) throw refuse('model-file-gone')
    return file
  }

  predict({ whose, digest, columns }: Omit<Batch, 'model'> & { readonly digest: string }): Promise<Predicted> {
    return this.#options.scorer.predict({ whose, model: `${FOLDER}/${digest}`, columns })
  }

  forget(whose: string): void {
    this.#options.scorer.forget(whose)
  }

  close(): void {
    this.#options.scorer.close()
  }

  /** Files that no model is of, and have not been for an hour. `kept`: digests of those that models are of. */
  async sweep(kept: ReadonlySet<string>): Promise<void> {
    const before = this.#options.now() - INFERENCE.pending
    for (const name of await readdir(this.#folder).catch((): string[] => [])) {
      const digest = name.slice(0, -MODEL.length)
      const ours = name.endsWith(PART) || (name.endsWith(MODEL) && FileDigest.safeParse(digest).success)
      if (ours && !kept.has(digest)) await this.#serial('keep', () => removeOlder(join(this.#folder, name), before))
    }
  }

  async #opened(file: Buffer): Promise<ModelFile> {
    const said = await this.#options.scorer.describe(file)
    if (!said.ok) throw refuse('unusable-model', { why: UNOPENED[said.why] ?? FAILED })
    const digest = createHash('sha256').update(file).digest('hex')
    return { digest, bytes: file.byteLength, takes: said.takes, makes: said.makes }
  }

  readonly #path = (digest: string) => join(this.#folder, `${digest}${MODEL}`)
}

const FAILED = 'it brought the process that opened it to its end'
const UNOPENED: Partial<Record<InferenceFailure, string>> = {
  unusable:
    'it is no ONNX model, is of operators or files beside it that are not there, or takes or makes something else than columns of numbers, booleans or texts with as many rows as it is given',
  silent: `it was not opened within ${INFERENCE.loading / SECOND} s`,
}

const tooBig = () => refuse('file-too-big', { limit: sizeText(INFERENCE.file) })

async function receive(bytes: Readable, path: string): Promise<void> {
  const file = await open(path, NEW, 0o644)
  try {
    let size = 0
    for await (const part of partsOf(bytes)) {
      size += part.byteLength
      if (size > INFERENCE.file) throw tooBig()
      await file.writeFile(part)
    }
    await file.sync()
  } finally {
    await file.close()
  }
}

async function touch(path: string, now: number): Promise<boolean> {
  try {
    await utimes(path, now / SECOND, now / SECOND)
    return true
  } catch (error) {
    if (isAbsent(error)) return false
    throw error
  }
}

async function removeOlder(path: string, before: number): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    if (!isAbsent(error)) throw error // one that was being received is gone
  })
  if (found && found.mtimeMs < before) await rm(path, { force: true })
}

const isAbsent = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT'
