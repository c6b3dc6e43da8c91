// The bytes of an artefact: fetched with the bearer, since no address is a right to them. Nothing of them is run or shown as a page.
import { Refusal } from '#protocol/api.ts'
import type { ArtefactCard } from '#protocol/artefacts.ts'
import type { ArtefactId } from '#protocol/ids.ts'
import { Refused, refusedLocally } from '../../../primitives/refused.ts'

const WITHIN = 600_000 // ms; a file may come over a slow line
const SHOWN = 16 * 1024 * 1024 // bytes of a picture that is shown
const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] // of a PNG

export type Fetch = (path: string, init: RequestInit) => Promise<Response>
type Bearer = (renew?: boolean) => Promise<string | null>
export type Given = { readonly name: string; readonly blob: Blob }

export async function contentOf(fetch: Fetch, bearer: Bearer, id: ArtefactId): Promise<Given> {
  const ask = (token: string | null) =>
    fetch(`/api/artefacts/${id}/content`, {
      headers: { 'x-scrydon': '1', ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
      credentials: 'same-origin',
      signal: AbortSignal.timeout(WITHIN),
    })
  let response = await ask(await bearer())
  if (response.status === 401) response = await ask(await bearer(true))
  if (!response.ok) throw await refusedBy(response)
  return { name: nameIn(response.headers.get('content-disposition') ?? '') ?? id, blob: await response.blob() }
}

async function refusedBy(response: Response): Promise<Refused> {
  const refusal = Refusal.safeParse(await response.json().catch(() => null))
  if (refusal.success) return new Refused(refusal.data, response.status)
  return refusedLocally('http', `The server answered ${response.status}. Try again in a moment.`, response.status)
}

/** As RFC 8187 has it; null: there is none that reads as one. */
export function nameIn(disposition: string): string | null {
  const [, encoded] = /filename\*=UTF-8''([^;]+)/.exec(disposition) ?? []
  try {
    return encoded === undefined ? null : decodeURIComponent(encoded)
  } catch {
    return null
  }
}

export const mayShow = ({ kind, bytes }: Pick<ArtefactCard, 'kind' | 'bytes'>): boolean => kind === 'picture' && bytes <= SHOWN

/** An address for an `img`; null: it is no PNG, whatever it says it is. */
export async function pictureOf(blob: Blob): Promise<string | null> {
  const begin = new Uint8Array(await blob.slice(0, SIGNATURE.length).arrayBuffer())
  if (blob.type !== 'image/png' || blob.size > SHOWN || SIGNATURE.some((byte, at) => begin[at] !== byte)) return null
  const bytes = new Uint8Array(await blob.arrayBuffer())
  return `data:image/png;base64,${base64(bytes)}`
}

function base64(bytes: Uint8Array): string {
  const STEP = 0x8000 // arguments of one call
  let text = ''
  for (let at = 0; at < bytes.length; at += STEP) text += String.fromCharCode(...bytes.subarray(at, at + STEP))
  return btoa(text)
}
