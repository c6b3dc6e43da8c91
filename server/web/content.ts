// The content site: a static file server for sealed frames, on a port and hosts of its own. It knows two kinds of host,
// by exact name: the asset host, and one random label per frame, which has the page and nothing else. It holds no state,
// reads no cookie and no body, and has no way to a kernel.
import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { extname, join, relative, sep } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { ASSET_HEADERS, CLEAN, contentHeaders, PAGE_HEADERS, type Sites } from './headers.ts'

export type ContentOptions = {
  readonly frames: string // http://*.nb.localhost:4001; without a * one host serves all (opaque frames)
  readonly shell: string // origin of the shell, the only page that hands over notebooks
  readonly portal: readonly string[] // origins that may embed the shell
  readonly dist: string // dist/frame
}

type Coding = 'br' | 'gzip' | 'identity'
type File = { readonly path: string; readonly bytes: number }
type Asset = { readonly type: string; readonly codings: Readonly<Partial<Record<Coding, File>>> }
type Page = Readonly<Record<Coding, Buffer>>
type Kind = 'page' | 'assets' | 'both'

const SUFFIX = { br: '.br', gzip: '.gz', identity: '' } as const
const LABEL = /^[a-z0-9]{16,63}$/
const TIMES = {
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  keepAliveTimeout: 15_000,
  connectionsCheckingInterval: 1000,
} as const // ms
const HEADER_BYTES = 64 * 1024 // all the cookies that a frame may plant for its neighbours in Chromium (10 KiB), and then some
const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
}

export function contentSite(options: ContentOptions): Server {
  const sites = sitesOf(options)
  const headers = contentHeaders(sites)
  const page = readPage(options, sites)
  const assets = indexAssets(options.dist)
  const server = createServer({ ...TIMES, maxHeaderSize: HEADER_BYTES }, (request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    answer(request, response)
  })
  server.on('clientError', (_, socket) => {
    if (socket.writable) socket.end(plain({ ...headers, ...CLEAN }))
  })
  return server

  function answer(request: IncomingMessage, response: ServerResponse): ServerResponse {
    request.resume()
    const hosts = request.headersDistinct.host ?? []
    const kind = hosts.length === 1 ? hostKind(options.frames, hosts[0] ?? '') : null
    const path = (request.url ?? '').split('?')[0] ?? ''
    if (kind === null) return refuse(response, 421)
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response.setHeader('allow', 'GET, HEAD'), 405)
    const coding = request.headers['accept-encoding'] ?? ''
    if (kind !== 'assets' && path === '/') return sendPage(request, response, page, coding)
    const asset = kind === 'page' ? undefined : assets.get(path)
    return asset ? sendAsset(request, response, asset, coding) : refuse(response, 404)
  }
}

export function sitesOf({ frames, shell, portal }: Omit<ContentOptions, 'dist'>): Sites {
  const assets = frames.replace('*', 'assets')
  if (new URL(assets).host === new URL(shell).host) throw new Error(`Frames and shell coincide: ${assets} and ${shell}.`)
  return { shell, frames, assets, portal }
}

/** Which of the site's hosts a request names; null: none of them, however alike it looks. */
export function hostKind(frames: string, host: string): Kind | null {
  const [before, after] = new URL(frames.replace('*', 'label')).host.split('label')
  if (!frames.includes('*')) return host === new URL(frames).host ? 'both' : null
  if (before !== '' || after === undefined || !host.endsWith(after)) return null
  const label = host.slice(0, -after.length)
  if (label === 'assets') return 'assets'
  return LABEL.test(label) ? 'page' : null
}

function readPage({ dist }: ContentOptions, sites: Sites): Page {
  const html = readFileSync(join(dist, 'page.html'), 'utf8')
    .replaceAll('%ASSETS%', sites.assets)
    .replaceAll('%SHELL%', sites.shell)
  const bytes = Buffer.from(html)
  return { identity: bytes, gzip: gzipSync(bytes), br: brotliCompressSync(bytes) }
}

/** Every file by its exact path, listed once: no request can name another. */
function indexAssets(dist: string): ReadonlyMap<string, Asset> {
  const entries = readdirSync(join(dist, '@marimo-team'), { recursive: true, withFileTypes: true })
  const paths = new Set(entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)))
  const assets = new Map<string, Asset>()
  for (const path of paths) {
    const type = TYPES[extname(path)]
    if (type === undefined) continue
    const kept = (Object.keys(SUFFIX) as Coding[]).filter((coding) => paths.has(path + SUFFIX[coding]))
    const codings = Object.fromEntries(kept.map((coding) => [coding, file(path + SUFFIX[coding])]))
    assets.set(`/${relative(dist, path).split(sep).join('/')}`, { type, codings })
  }
  return assets
}

const file = (path: string): File => ({ path, bytes: statSync(path).size })

function choose<T>(accepts: string, codings: Readonly<Partial<Record<Coding, T>>>): [Coding, T] | null {
  const offered = accepts.split(',').map((coding) => coding.trim())
  const coding = (['br', 'gzip'] as const).find((name) => offered.includes(name) && codings[name] !== undefined) ?? 'identity'
  const chosen = codings[coding]
  return chosen === undefined ? null : [coding, chosen]
}

function sendPage(request: IncomingMessage, response: ServerResponse, page: Page, accepts: string): ServerResponse {
  const [coding, bytes] = choose(accepts, page) ?? (['identity', page.identity] as const)
  response.writeHead(200, { ...PAGE_HEADERS, ...encoded(coding), vary: 'accept-encoding', 'content-length': bytes.length })
  return response.end(request.method === 'HEAD' ? undefined : bytes)
}

function sendAsset(request: IncomingMessage, response: ServerResponse, asset: Asset, accepts: string): ServerResponse {
  const chosen = choose(accepts, asset.codings)
  if (chosen === null) return refuse(response, 404)
  const [coding, { path, bytes }] = chosen
  response.writeHead(200, { ...ASSET_HEADERS, 'content-type': asset.type, ...encoded(coding), 'content-length': bytes })
  if (request.method === 'HEAD') return response.end()
  const stream = createReadStream(path)
  stream.on('error', () => response.destroy())
  response.on('close', () => stream.destroy())
  return stream.pipe(response)
}

const encoded = (coding: Coding) => (coding === 'identity' ? {} : { 'content-encoding': coding })

function refuse(response: ServerResponse, status: number): ServerResponse {
  return response.writeHead(status, { ...CLEAN, 'content-length': 0 }).end()
}

/** What could not be parsed is answered without a response object. */
function plain(headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return ['HTTP/1.1 400 Bad Request', ...lines, 'connection: close', 'content-length: 0', '', ''].join('\r\n')
}
