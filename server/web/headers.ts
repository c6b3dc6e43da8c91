// Every security header of both sites, in one place: the shell's half and the content site's half, each a pure function
// of where the sites live. A directive is here once and has a test of its own.

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
