import { describe, expect, test } from 'vitest'
import { readConfig } from './config.ts'

describe('the environment', () => {
  test('nothing set: the defaults', () => {
    const read = readConfig({})
    expect(read).toMatchObject({
      ok: true,
      config: { port: 4000, contentPort: null, host: 'localhost', benchAccounts: 0, portal: [] },
    })
    expect(read.ok && read.config.home).toMatch(/\/\.scrydon$/)
    expect(read.ok && read.config.runner).toMatch(/\/\.scrydon\/run\/runner\.sock$/)
  })

  test.each([
    [{ PORT: 'x' }, 'PORT=x'],
    [{ PORT: '70000' }, 'PORT=70000'],
    [{ HOST: '0.0.0.0' }, 'HOST=0.0.0.0 is not loopback'],
    [{ SCRYDON_ORIGIN: 'ide.example' }, 'SCRYDON_ORIGIN=ide.example'],
    [{ SCRYDON_ORIGIN: 'https://ide.example/path' }, 'SCRYDON_ORIGIN'],
    [{ SCRYDON_BENCH_ACCOUNTS: '-1' }, 'SCRYDON_BENCH_ACCOUNTS=-1'],
    [{ SCRYDON_PORTAL: 'https://a.example *' }, 'SCRYDON_PORTAL holds *'],
    [{ PORT: '5000', CONTENT_PORT: '5000' }, 'both 5000'],
    [{ SCRYDON_ORIGIN: 'https://ide.a.example', SCRYDON_FRAMES: 'https://*.a.example' }, 'one site'],
    [{ SCRYDON_FRAMES: 'http://localhost:4001' }, 'one site with http://localhost:4000'],
    [{ SCRYDON_ORIGIN: 'http://127.0.0.1:4000', SCRYDON_FRAMES: 'http://127.0.0.1:4001' }, 'one site'],
    [{ SCRYDON_ORIGIN: 'http://ide.nb.localhost:4000' }, 'one site'],
    [
      { SCRYDON_FRAMES: 'https://*.b.example', SCRYDON_PORTAL: 'https://a.example https://www.b.example' },
      'https://www.b.example',
    ],
    [{ SCRYDON_FRAMES: 'https://*.*.example' }, 'SCRYDON_FRAMES=https://*.*.example'],
    [{ SCRYDON_FRAMES: 'https://x*.example' }, 'SCRYDON_FRAMES=https://x*.example'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL=loud'],
  ])('%o is refused in one line that names it', (env, says) => {
    const read = readConfig(env)
    expect(read).toMatchObject({ ok: false, message: expect.stringContaining(says) })
    expect(read.ok ? '' : read.message).not.toContain('\n')
  })

  test.each([
    ['two domains of one owner', { SCRYDON_ORIGIN: 'https://ide.example.org', SCRYDON_FRAMES: 'https://*.example-content.net' }],
    ['an address, for opaque frames', { SCRYDON_FRAMES: 'http://127.0.0.1:4001' }],
    ['two addresses that end alike', { SCRYDON_ORIGIN: 'http://10.0.0.1:4000', SCRYDON_FRAMES: 'http://127.0.0.1:4001' }],
    ['each label a site of its own', { SCRYDON_FRAMES: 'http://*.localhost:4001' }],
    [
      'the portal beside the shell',
      { SCRYDON_ORIGIN: 'https://ide.a.example', SCRYDON_FRAMES: 'https://*.b.example', SCRYDON_PORTAL: 'https://a.example' },
    ],
  ])('%s: accepted', (_, env) => {
    expect(readConfig(env)).toMatchObject({ ok: true })
  })

  test('what is not ours is not read', () => {
    expect(readConfig({ HOME: '/', SECRET: 'x', PATH: '' })).toMatchObject({ ok: true })
  })
})
