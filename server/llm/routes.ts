// Which language models there are, as the operator sets them up: CORTEX_URL, CORTEX_KEY, CORTEX_MODELS, CORTEX_TOKENS. Read once, at
// the start. No sentence of here holds the key.
import { readFileSync } from 'node:fs'
import * as z from 'zod/mini'
import { Alias } from '#protocol/library/llm.ts'
import { MODEL } from '#protocol/limits.ts'
import { type Label, LEVELS, Marking } from '#protocol/policy/label.ts'

/** By an alias, which notebooks say. */
export type Route = {
  readonly model: string // the endpoint's own name of it
  readonly label: Label // the highest of a kernel whose prompts it may get
  readonly readers: boolean // open to kernels of readers
  readonly tokens: number // of one answer, at most
}
export type Routes = ReadonlyMap<string, Route>

export type Cortex = {
  readonly url: string
  readonly key: string | null
  readonly routes: Routes
  readonly perDay: number // tokens of one person
}
export type CortexRead = { readonly ok: true; readonly cortex: Cortex | null } | { readonly ok: false; readonly message: string }

type Given = {
  readonly CORTEX_URL?: string | undefined
  readonly CORTEX_KEY?: string | undefined
  readonly CORTEX_MODELS?: string | undefined
  readonly CORTEX_TOKENS: number
}

const Setting = z.strictObject({
  model: z.string().check(z.minLength(1), z.maxLength(200)),
  level: z.enum(LEVELS),
  markings: z._default(z.array(Marking).check(z.maxLength(20)), []),
  readers: z._default(z.boolean(), false),
  tokens: z._default(z.int().check(z.gte(1), z.lte(MODEL.tokens)), 1024),
})
const Settings = z.record(Alias, Setting).check(z.refine((all) => Object.keys(all).length > 0))

const EXAMPLE = '{"default": {"model": "NAME", "level": "internal"}}'
export const KEY = /^[\x21-\x7e]+$/ // what a header may carry

export function readCortex(given: Given): CortexRead {
  const { CORTEX_URL: url, CORTEX_KEY: key, CORTEX_MODELS: models, CORTEX_TOKENS: perDay } = given
  if (url === undefined) {
    const alone = key === undefined ? 'CORTEX_MODELS' : 'CORTEX_KEY'
    if (key === undefined && models === undefined) return { ok: true, cortex: null }
    return wrong(`${alone} is set and CORTEX_URL is not: set CORTEX_URL, such as https://models.example/v1.`)
  }
  if (!isEndpoint(url))
    return wrong(
      'CORTEX_URL is not usable: it takes an address such as https://models.example/v1, without name, password or query.',
    )
  if (key !== undefined && !KEY.test(key)) return wrong('CORTEX_KEY is not usable: it takes printable characters without spaces.')
  if (models === undefined)
    return wrong(`CORTEX_URL is set and CORTEX_MODELS is not: it takes ${EXAMPLE}, or a file that holds it.`)
  const read = routesOf(models)
  if (typeof read === 'string') return wrong(read)
  return { ok: true, cortex: { url: url.replace(/\/+$/, ''), key: key ?? null, routes: read, perDay } }
}

const wrong = (message: string): CortexRead => ({ ok: false, message })

export function isEndpoint(text: string): boolean {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return false
  const { username, password, search, hash } = new URL(text)
  return [username, password, search, hash].every((part) => part === '')
}

/** A sentence where it cannot be read. `models`: JSON, or the path of a file that holds it. */
function routesOf(models: string): Routes | string {
  const text = models.trimStart().startsWith('{') ? models : contentOf(models)
  if (text === null) return `CORTEX_MODELS names ${models}, which cannot be read.`
  const read = Settings.safeParse(parsed(text))
  if (read.success) return new Map(Object.entries(read.data).map(([alias, setting]) => [alias, routeOf(setting)]))
  const place = (read.error.issues[0]?.path ?? []).join('.')
  return `CORTEX_MODELS is not usable${place === '' ? '' : ` at ${place}`}: it takes ${EXAMPLE}, or a file that holds it.`
}

const routeOf = ({ level, markings, ...rest }: z.infer<typeof Setting>): Route => ({ ...rest, label: { level, markings } })

function contentOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
