// The policies of both sites, whole: a directive that changes changes here too. What browsers make of them is e2e.
import { expect, test } from 'vitest'
import { ASSET_HEADERS, CLEAN, contentHeaders, PAGE_HEADERS, shellHeaders } from './headers.ts'

const SITES = {
  shell: 'https://ide.example',
  frames: 'https://*.content.example',
  assets: 'https://assets.content.example',
  portal: ['https://portal.example'],
}
const directives = (headers: Record<string, string>) =>
  Object.fromEntries(
    (headers['content-security-policy'] ?? '').split('; ').map((directive) => {
      const [name = '', ...sources] = directive.split(' ')
      return [name, sources.join(' ')]
    }),
  )
const rest = ({ 'content-security-policy': _, ...others }: Record<string, string>) => others

test('the shell: its own files, its own socket, frames of the content site', () => {
  expect(directives(shellHeaders(SITES))).toEqual({
    'default-src': "'none'",
    'script-src': "'self'",
    'style-src': "'self' 'unsafe-inline'",
    'img-src': "'self' data:",
    'font-src': "'self'",
    'connect-src': "'self' wss://ide.example",
    'worker-src': "'self'",
    'frame-src': 'https://*.content.example',
    'frame-ancestors': "'self' https://portal.example",
    'base-uri': "'none'",
    'form-action': "'none'",
    'object-src': "'none'",
  })
  expect(rest(shellHeaders(SITES))).toEqual({
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'origin-agent-cluster': '?1',
    'x-dns-prefetch-control': 'off',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  })
})

test('a frame: anything inside it, and nowhere to send it but the asset host', () => {
  expect(directives(contentHeaders(SITES))).toEqual({
    'default-src': "'none'",
    'script-src': "https://assets.content.example 'self' 'unsafe-inline' 'unsafe-eval' data: blob:",
    'style-src': "https://assets.content.example 'self' 'unsafe-inline' data: blob:",
    'font-src': "https://assets.content.example 'self' data: blob:",
    'img-src': "https://assets.content.example 'self' data: blob:",
    'media-src': "https://assets.content.example 'self' data: blob:",
    'connect-src': 'https://assets.content.example data: blob:',
    'worker-src': 'blob:',
    'frame-src': "'self' data: blob:",
    'form-action': "'none'",
    'base-uri': "'self'",
    'object-src': "'none'",
    'frame-ancestors': 'https://ide.example https://portal.example',
  })
  expect(rest(contentHeaders(SITES))).toEqual({
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'origin-agent-cluster': '?1',
    'x-dns-prefetch-control': 'off',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=(), serial=(), hid=()',
  })
})

test('the page is never kept and begins with nothing; an asset is kept for ever and readable by every frame', () => {
  expect(PAGE_HEADERS).toEqual({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'clear-site-data': '"cookies", "storage"',
    'cross-origin-resource-policy': 'same-origin',
  })
  expect(CLEAN).toEqual({ 'cache-control': 'no-store', 'clear-site-data': '"cookies", "storage"' })
  expect(ASSET_HEADERS).toEqual({
    'cache-control': 'public, max-age=31536000, immutable',
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
    vary: 'accept-encoding',
  })
})
