// Who may open a socket at all, judged from the upgrade request alone. The page's own origin must be named exactly: a
// browser always sends it, a lookalike, `null` or nothing is refused, and so is another host name (DNS rebinding).
import type { IncomingMessage } from 'node:http'

export const MUX_PATH = '/mux'

export type Admission =
  | { readonly type: 'admitted' }
  | { readonly type: 'refused'; readonly status: number; readonly text: string }

const refused = (status: number, text: string): Admission => ({ type: 'refused', status, text })

type Asked = Pick<IncomingMessage, 'url' | 'method' | 'headers' | 'headersDistinct'>

export function admit(request: Asked, origin: string): Admission {
  if (request.method !== 'GET' || request.url !== MUX_PATH) return refused(404, 'Not Found') // a query never: nothing secret in a URL
  if (request.headers.origin !== origin) return refused(403, 'Forbidden')
  const [host, ...more] = request.headersDistinct.host ?? []
  if (host !== new URL(origin).host || more.length > 0) return refused(421, 'Misdirected Request')
  return { type: 'admitted' }
}

export const SOCKETS = {
  unsigned: 64, // waiting for their hello, of everybody together: the next one takes the place of the oldest
  perPerson: 32, // signed in: tabs of one person
} as const

/** The whole answer to a refused upgrade: nothing of the request comes back in it. */
export const refusalBytes = ({ status, text }: { status: number; text: string }): string =>
  `HTTP/1.1 ${status} ${text}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`
