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
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL=loud'],
  ])('%o is refused in one line that names it', (env, says) => {
    const read = readConfig(env)
    expect(read).toMatchObject({ ok: false, message: expect.stringContaining(says) })
    expect(read.ok ? '' : read.message).not.toContain('\n')
  })

  test('two sites of one owner are accepted', () => {
    const env = { SCRYDON_ORIGIN: 'https://ide.example.org', SCRYDON_FRAMES: 'https://*.example-content.net' }
    expect(readConfig(env)).toMatchObject({ ok: true })
  })

  test('what is not ours is not read', () => {
    expect(readConfig({ HOME: '/', SECRET: 'x', PATH: '' })).toMatchObject({ ok: true })
  })
})
