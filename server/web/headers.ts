// Every security header of both sites, in one place: the shell's half and the content site's half, each a pure function
// of where the sites live. headers.test.ts has the table; e2e/csp.spec.ts, e2e/frame.spec.ts what a browser makes of it.

export type Sites = {
  readonly shell: string // origin of the shell, e.g. http://localhost:4000
  readonly frames: string // CSP source of the content hosts, e.g. http://*.nb.localhost:4001
  readonly assets: string // origin of the shared asset host
  readonly portal: readonly string[] // origins that may embed the shell
}

/** Said on every response of either site, errors included. */
const COMMON = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'origin-agent-cluster': '?1',
  'x-dns-prefetch-control': 'off',
} as const

const csp = (directives: Record<string, string>) =>
  Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ')

/** `frame-src` names content hosts only, so a frame cannot navigate itself away with data in the address. */
export function shellHeaders(sites: Sites): Record<string, string> {
  const socket = sites.shell.replace(/^http/, 'ws')
  return {
    ...COMMON,
    'content-security-policy': csp({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self' 'unsafe-inline'", // Solid and CodeMirror set style attributes
      'img-src': "'self' data:",
      'font-src': "'self'",
      'connect-src': `'self' ${socket}`,
      'worker-src': "'self'",
      'frame-src': sites.frames,
      'frame-ancestors': ["'self'", ...sites.portal].join(' '),
      'base-uri': "'none'",
      'form-action': "'none'",
      'object-src': "'none'",
    }),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  }
}

/**
 * The frame page and everything else of the content site. Nothing can be sent anywhere but to the asset host, which keeps
 * no log of addresses and takes no body; `'self'` is the page's own random host, where only the page itself stands.
 */
export function contentHeaders(sites: Sites): Record<string, string> {
  const assets = sites.assets
  return {
    ...COMMON,
    'content-security-policy': csp({
      'default-src': "'none'",
      'script-src': `${assets} 'self' 'unsafe-inline' 'unsafe-eval' data: blob:`, // marimo, anywidgets, outputs
      'style-src': `${assets} 'self' 'unsafe-inline' data: blob:`,
      'font-src': `${assets} 'self' data: blob:`,
      'img-src': `${assets} 'self' data: blob:`,
      'media-src': `${assets} 'self' data: blob:`,
      'connect-src': `${assets} data: blob:`,
      'worker-src': 'blob:',
      'frame-src': "'self' data: blob:",
      'form-action': "'none'",
      'base-uri': "'self'", // marimo names its own host as the base; no other is possible
      'object-src': "'none'",
      'frame-ancestors': [sites.shell, ...sites.portal].join(' '),
    }),
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=(), serial=(), hid=()',
  }
}

/** What a frame kept in the browser before is gone: each load begins with nothing, and a jar too full to load heals itself. */
export const CLEAN = { 'cache-control': 'no-store', 'clear-site-data': '"cookies", "storage"' } as const

export const PAGE_HEADERS = {
  ...CLEAN,
  'content-type': 'text/html; charset=utf-8',
  'cross-origin-resource-policy': 'same-origin',
} as const

/** Assets are read by every random host, without cookies, named by version and by hash: once in the browser, they stay. */
export const ASSET_HEADERS = {
  'cache-control': 'public, max-age=31536000, immutable',
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
  vary: 'accept-encoding',
} as const
