// The built shell. Files are listed, then served by exact name: there is no path to walk out of. Names under assets/ carry
// a hash of their content and never change; text is compressed once, when first asked for.
import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
}
const COMPRESSED = new Set(['.css', '.html', '.js', '.json', '.svg', '.txt', '.webmanifest'])
const RESCAN = 1000 // ms between listings when a name is not known: a build may have finished meanwhile

type Coding = 'br' | 'gzip' | 'identity'
export type Served = { readonly type: string; readonly caching: string; readonly coding: Coding; readonly body: Buffer }
export type Shell = (path: string, accepts: string) => Promise<Served | null>

/** An address of the shell itself. */
export const isPage = (path: string): boolean =>
  /^\/(n\/[A-Za-z0-9_-]+|(tables|access)(\/[^/]+)?|artefacts|models|audit|library)?$/.test(path)

export function serveShell(dist: string, now: () => number): Shell {
  let files = new Set<string>()
  let scanned = Number.NEGATIVE_INFINITY
  const packed = new Map<string, Promise<Buffer>>()

  const known = (name: string): boolean => {
    if (!files.has(name) && now() - scanned >= RESCAN) {
      scanned = now()
      files = scan(dist)
    }
    return files.has(name)
  }
  return async (path, accepts) => {
    const name = isPage(path) ? 'index.html' : path.slice(1)
    if (!known(name)) return null
    const hashed = name.startsWith('assets/')
    const coding = COMPRESSED.has(extname(name)) ? pick(accepts) : 'identity'
    const load = () => readFile(join(dist, name)).then((bytes) => compress(bytes, coding))
    const key = `${coding} ${name}`
    const body = await (hashed ? (packed.get(key) ?? remember(packed, key, load())) : load()).catch(gone)
    if (body === null) return null
    const caching = hashed ? 'public, max-age=31536000, immutable' : 'no-cache'
    return { type: TYPES[extname(name)] ?? 'application/octet-stream', caching, coding, body }
  }
}

/** Listed, but a newer build has taken it away since. */
function gone(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}

function remember(packed: Map<string, Promise<Buffer>>, key: string, body: Promise<Buffer>): Promise<Buffer> {
  packed.set(key, body)
  body.catch(() => packed.delete(key))
  return body
}

function scan(dist: string): Set<string> {
  try {
    const entries = readdirSync(dist, { withFileTypes: true, recursive: true })
    const files = entries.filter((entry) => entry.isFile())
    return new Set(files.map((entry) => relative(dist, join(entry.parentPath, entry.name)).split(sep).join('/')))
  } catch {
    return new Set()
  }
}

function pick(accepts: string): Coding {
  const offered = accepts.split(',').map((coding) => coding.split(';')[0]?.trim())
  return (['br', 'gzip'] as const).find((coding) => offered.includes(coding)) ?? 'identity'
}

async function compress(bytes: Buffer, coding: Coding): Promise<Buffer> {
  if (coding === 'br') return promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } })
  return coding === 'gzip' ? promisify(gzip)(bytes) : bytes
}
