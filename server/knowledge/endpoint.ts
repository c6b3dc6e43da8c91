// The endpoint of embeddings, as the operator sets it up: EMBEDDINGS_URL, EMBEDDINGS_KEY, EMBEDDINGS_MODEL, EMBEDDINGS_LEVEL,
// EMBEDDINGS_MARKINGS. Read once, at the start. No sentence of here holds the key.
import * as z from 'zod/mini'
import { Label, LEVELS } from '#protocol/policy/label.ts'
import { isEndpoint, KEY } from '../llm/routes.ts'

export type EmbeddingsSetting = {
  readonly url: string
  readonly key: string | null
  readonly model: string // the endpoint's own name of it
  readonly label: Label // the highest of what it may be sent
}
export type EmbeddingsRead =
  | { readonly ok: true; readonly embeddings: EmbeddingsSetting | null }
  | { readonly ok: false; readonly message: string }

const NAMES = ['EMBEDDINGS_KEY', 'EMBEDDINGS_MODEL', 'EMBEDDINGS_LEVEL', 'EMBEDDINGS_MARKINGS'] as const
type Given = { readonly [name in 'EMBEDDINGS_URL' | (typeof NAMES)[number]]?: string | undefined }

const Model = z.string().check(z.minLength(1), z.maxLength(200))

export function readEmbeddings(given: Given): EmbeddingsRead {
  const { EMBEDDINGS_URL: url, EMBEDDINGS_KEY: key, EMBEDDINGS_LEVEL: level } = given
  if (url === undefined) {
    const alone = NAMES.find((name) => given[name] !== undefined)
    return alone
      ? wrong(`${alone} is set and EMBEDDINGS_URL is not: set it, such as ${EXAMPLE}.`)
      : { ok: true, embeddings: null }
  }
  if (!isEndpoint(url))
    return wrong(`EMBEDDINGS_URL is not usable: it takes an address such as ${EXAMPLE}, without name, password or query.`)
  if (key !== undefined && !KEY.test(key))
    return wrong('EMBEDDINGS_KEY is not usable: it takes printable characters without spaces.')
  const model = Model.safeParse(given.EMBEDDINGS_MODEL)
  if (!model.success) return wrong('EMBEDDINGS_MODEL is to be set with EMBEDDINGS_URL: the endpoint’s own name of a model.')
  const levels = LEVELS.join(', ')
  if (level === undefined)
    return wrong(
      `EMBEDDINGS_LEVEL is to be set with EMBEDDINGS_URL: the highest level of what the endpoint may be sent (${levels}).`,
    )
  const markings = (given.EMBEDDINGS_MARKINGS ?? '').split(',').filter((marking) => marking !== '')
  const label = Label.safeParse({ level, markings })
  if (label.success)
    return { ok: true, embeddings: { url: url.replace(/\/+$/, ''), key: key ?? null, model: model.data, label: label.data } }
  return label.error.issues[0]?.path[0] === 'level'
    ? wrong(`EMBEDDINGS_LEVEL is not usable: it takes one of ${levels}.`)
    : wrong('EMBEDDINGS_MARKINGS is not usable: it takes markings separated by commas, such as PII,EU.')
}

const EXAMPLE = 'https://models.example/v1'
const wrong = (message: string): EmbeddingsRead => ({ ok: false, message })
