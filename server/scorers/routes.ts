// Which deployed models there are, where an operator names a server of them: INFERENCE_URL, INFERENCE_KEY, INFERENCE_MODELS. Read once, at
// the start. No sentence of here holds the key.
import { readFileSync } from 'node:fs'
import * as z from 'zod/mini'
import { Alias } from '#protocol/library/llm.ts'
import { deployed, described, parsed } from './described.ts'
import type { Routes, Server } from './oip.ts'

export type ServerRead =
  | { readonly ok: true; readonly inference: Server | null }
  | { readonly ok: false; readonly message: string }
type Given = {
  readonly INFERENCE_URL?: string | undefined
  readonly INFERENCE_KEY?: string | undefined
  readonly INFERENCE_MODELS?: string | undefined
}

const Setting = z.strictObject({ model: z.string().check(z.minLength(1), z.maxLength(200)), ...described })
const Settings = z.record(Alias, Setting).check(z.refine((all) => Object.keys(all).length > 0))

const EXAMPLE = '{"delays": {"model": "NAME", "level": "internal", "inputs": [{"name": "hour", "type": "integer"}]}}'
const KEY = /^[\x21-\x7e]+$/ // what a header may carry

export function readInference({ INFERENCE_URL: url, INFERENCE_KEY: key, INFERENCE_MODELS: models }: Given): ServerRead {
  if (url === undefined) {
    const alone = key === undefined ? 'INFERENCE_MODELS' : 'INFERENCE_KEY'
    if (key === undefined && models === undefined) return { ok: true, inference: null }
    return wrong(`${alone} is set and INFERENCE_URL is not: set INFERENCE_URL, such as https://models.example.`)
  }
  if (!isServer(url))
    return wrong(
      'INFERENCE_URL is not usable: it takes an address such as https://models.example, without name, password or query.',
    )
  if (key !== undefined && !KEY.test(key))
    return wrong('INFERENCE_KEY is not usable: it takes printable characters without spaces.')
  if (models === undefined)
    return wrong(`INFERENCE_URL is set and INFERENCE_MODELS is not: it takes ${EXAMPLE}, or a file that holds it.`)
  const routes = routesOf(models)
  if (typeof routes === 'string') return wrong(routes)
  return { ok: true, inference: { url: url.replace(/\/+$/, ''), key: key ?? null, routes } }
}

const wrong = (message: string): ServerRead => ({ ok: false, message })

function isServer(text: string): boolean {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return false
  const { username, password, search, hash } = new URL(text)
  return [username, password, search, hash].every((part) => part === '')
}

/** A sentence where it cannot be read. `models`: JSON, or the path of a file that holds it. */
function routesOf(models: string): Routes | string {
  const text = models.trimStart().startsWith('{') ? models : contentOf(models)
  if (text === null) return `INFERENCE_MODELS names ${models}, which cannot be read.`
  const read = Settings.safeParse(parsed(text))
  if (read.success)
    return new Map(
      Object.entries(read.data).map(([name, { model, ...said }]) => [name, { model, deployed: deployed(name, said) }] as const),
    )
  const place = (read.error.issues[0]?.path ?? []).join('.')
  return `INFERENCE_MODELS is not usable${place === '' ? '' : ` at ${place}`}: it takes ${EXAMPLE}, or a file that holds it.`
}

function contentOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
