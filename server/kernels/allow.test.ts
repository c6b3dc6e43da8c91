import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FUNCTIONS, ROUTES } from '#protocol/marimo.ts'
import { ROLES } from '#protocol/roles.ts'
import { cost, linear } from '../testing/cost.ts'
import { type Command, decide, type Situation } from './allow.ts'
import { DEPTH, MEMBERS } from './json.ts'

const edit: Situation = { role: 'edit', autorun: false, file: 'notebook.py' }
const run: Situation = { ...edit, role: 'run' }
const post = (path: string, body: unknown): Command => ({
  method: 'POST',
  path,
  contentType: 'application/json',
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
})
const call = (functionName: unknown, more: object = {}) =>
  post('/api/kernel/function_call', { functionCallId: '1', namespace: 'n', functionName, args: {}, ...more })
const parse = (decision: { body?: Uint8Array }) => JSON.parse(Buffer.from(decision.body ?? []).toString())
const refused = (code: string) => ({ type: 'refuse', code })

describe('routes', () => {
  test('nothing that the table refuses passes, in any role, with any body', () => {
    for (const [name, triage] of Object.entries(ROUTES)) {
      const [method, path] = name.split(' ', 2) as ['GET' | 'POST', string]
      for (const role of ROLES) {
        const decision = decide({ ...post(path, {}), method, body: Buffer.alloc(0) }, { ...edit, role })
        if (triage[role] !== 'pass') expect([name, role, decision.type]).toEqual([name, role, 'refuse'])
      }
    }
  })

  test('a path outside the table is refused, however it is spelled', () => {
    const known = fc.constantFrom(...Object.keys(ROUTES).map((name) => name.split(' ', 2)[1] ?? ''))
    const twist = fc.constantFrom('/', '//', '/../', '/.', '%2e', ';x', '.json', ' ')
    fc.assert(
      fc.property(known, twist, fc.boolean(), (path, extra, before) => {
        const spelled = before ? extra + path : path + extra
        if (`POST ${spelled}` in ROUTES) return
        expect(decide(post(spelled, {}), edit)).toEqual(refused('not-offered'))
      }),
    )
  })

  test.each(['__proto__', 'constructor', 'toString', '/api/kernel/run/__proto__'])('%s is no route', (path) =>
    expect(decide(post(path, {}), edit)).toEqual(refused('not-offered')),
  )

  test('a query never passes', () => {
    expect(decide({ ...post('/health?file=/etc/passwd', ''), method: 'GET' }, run)).toMatchObject({
      type: 'pass',
      path: '/health',
    })
    expect(decide(post('/api/kernel/run?session_id=x&kiosk=true', {}), edit)).toMatchObject({ path: '/api/kernel/run' })
  })

  test('a reader moves a slider and cannot run, save or read the source', () => {
    expect(decide(post('/api/kernel/set_ui_element_value', { objectIds: ['a'], values: [1] }), run).type).toBe('pass')
    for (const path of ['run', 'save', 'read_code', 'interrupt'])
      expect(decide(post(`/api/kernel/${path}`, {}), run)).toEqual(refused('read-only-view'))
    expect(decide(post('/api/kernel/takeover', {}), run)).toEqual(refused('use-the-shell'))
  })

  test('a body of another type than JSON is refused', () =>
    expect(decide({ ...post('/api/kernel/run', {}), contentType: 'multipart/form-data' }, edit)).toEqual(refused('bad-command')))
})

describe('function calls', () => {
  test('each name gets what the table says', () => {
    for (const [name, triage] of Object.entries(FUNCTIONS))
      for (const role of ROLES)
        expect([name, role, decide(call(name), { ...edit, role }).type]).toEqual([name, role, triage[role]])
  })

  test('any other name is refused', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'hasOwnProperty')), (name) => {
        if (!Object.hasOwn(FUNCTIONS, name)) expect(decide(call(name), edit)).toEqual(refused('not-offered'))
      }),
    )
  })

  test('the name that marimo reads is the name that was judged', () => {
    const path = '/api/kernel/function_call'
    expect(decide(post(path, '{"functionName":"search","functionName":"download_as"}'), run)).toEqual(refused('bad-command'))
    expect(decide(post(path, '{"functionName":"search","function\\u004eame":"download_as"}'), run)).toEqual(
      refused('bad-command'),
    )
    expect(decide(post(path, '{"args":{"functionName":"search"},"functionName":"download_as"}'), run)).toEqual(
      refused('not-offered'),
    )
    expect(decide(post(path, '{"x":"\\"functionName\\":\\"search\\"","functionName":"download_as"}'), run)).toEqual(
      refused('not-offered'),
    )
    expect(decide(post(path, '[{"functionName":"search"}]'), run)).toEqual(refused('bad-command'))
    expect(decide(call(['search']), run)).toEqual(refused('bad-command'))
  })

  test('__proto__ lends no name and pollutes nothing', () => {
    const path = '/api/kernel/function_call'
    expect(decide(post(path, '{"__proto__":{"functionName":"search"}}'), run)).toEqual(refused('bad-command'))
    expect(decide(post(path, '{"functionName":"search","args":{"a":{"__pr\\u006fto__":{"polluted":1}}}}'), run)).toEqual(
      refused('bad-command'),
    )
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  test('a passed body arrives byte for byte', () => {
    const body = '{ "functionName" : "search", "args": {"n": 12345678901234567890, "s": "\\ud83d"} }'
    expect(Buffer.from((decide(post('/api/kernel/function_call', body), run) as { body: Uint8Array }).body).toString()).toBe(body)
  })
})

describe('altered bodies', () => {
  test('saving always writes the notebook’s own file and keeps all else', () => {
    fc.assert(
      fc.property(
        // `__proto__` at any depth is refused, and tested to be
        fc.dictionary(fc.string(), fc.jsonValue()).filter((value) => !JSON.stringify(value).includes('"__proto__"')),
        (more) => {
          const { layout: _, ...rest } = more
          const given = { ...rest, codes: ['x = "}\\""'] }
          const decision = decide(post('/api/kernel/save', given), edit)
          expect(decision).toMatchObject({ type: 'save', layout: null })
          expect(parse(decision as { body: Uint8Array })).toEqual(
            JSON.parse(JSON.stringify({ ...given, filename: edit.file, persist: true })),
          )
        },
      ),
    )
  })

  test('a layout is handed on, a thing that is none is refused', () => {
    const layout = { type: 'grid', data: { columns: 2 } }
    expect(decide(post('/api/kernel/save', { layout }), edit)).toMatchObject({ layout: JSON.stringify(layout) })
    for (const wrong of [1, 'grid', ['grid'], { data: 1 }, { type: 'grid', data: 'x'.repeat(300_000) }])
      expect(decide(post('/api/kernel/save', { layout: wrong }), edit)).toEqual(refused('bad-command'))
  })

  test('a reader who runs it runs the stored source: nothing of the body passes', () => {
    const body = { objectIds: ['a'], values: [1], autoRun: false, codes: { Hbol: 'other()' } }
    for (const sent of [body, {}])
      expect(parse(decide(post('/api/kernel/instantiate', sent), run) as { body: Uint8Array })).toEqual({
        objectIds: [],
        values: [],
        autoRun: true,
      })
    expect(decide(post('/api/kernel/instantiate', []), run)).toEqual(refused('bad-command'))
  })

  test('whether cells run at the opening is the kernel’s, not the frame’s', () => {
    for (const body of [{ objectIds: [], values: [], autoRun: true }, {}, { autoRun: [{ a: 1 }] }]) {
      expect(parse(decide(post('/api/kernel/instantiate', body), edit) as { body: Uint8Array })).toEqual({
        ...body,
        autoRun: false,
      })
      expect(
        parse(decide(post('/api/kernel/instantiate', body), { ...edit, autorun: true }) as { body: Uint8Array }).autoRun,
      ).toBe(true)
    }
  })

  test('settings keep what the table names and lose the rest', () => {
    const config = {
      display: { theme: 'dark', custom_css: ['/etc/passwd'] },
      mcp: { mcpServers: { x: { command: 'sh' } } },
      runtime: { dotenv: ['.env'], on_cell_change: 'lazy' },
      keymap: 'vim',
    }
    expect(parse(decide(post('/api/kernel/save_user_config', { config }), edit) as { body: Uint8Array })).toEqual({
      config: { display: { theme: 'dark' }, runtime: { on_cell_change: 'lazy' } },
    })
    const app = { width: 'full', css_file: 'x.css', html_head_file: 'x.html', auto_download: ['html'] }
    const decision = decide(post('/api/kernel/save_app_config', { config: app }), edit)
    expect(decision.type).toBe('save')
    expect(parse(decision as { body: Uint8Array })).toEqual({ config: { width: 'full' } })
  })
})

describe('hostile JSON', () => {
  test('10 000 levels are refused at the limit, without recursion', () => {
    const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
    expect(decide(post('/api/kernel/run', nested(10_000)), edit)).toEqual(refused('bad-command'))
    expect(decide(post('/api/kernel/run', '['.repeat(10_000)), edit)).toEqual(refused('bad-command'))
    expect(decide(post('/api/kernel/run', nested(DEPTH)), edit).type).toBe('pass')
  })

  test('any bytes get an answer, and what passes a rule with a name is JSON', () => {
    const path = fc.constantFrom('function_call', 'save', 'instantiate', 'save_app_config', 'save_user_config', 'run')
    fc.assert(
      fc.property(path, fc.oneof(fc.uint8Array(), fc.json().map(Buffer.from)), (name, body) => {
        const decision = decide({ ...post(`/api/kernel/${name}`, {}), body }, edit)
        expect(['pass', 'save', 'refuse']).toContain(decision.type)
      }),
      { numRuns: 1000 },
    )
  })

  test('more members than any command has are refused', () => {
    const body = (members: number) => Object.fromEntries(Array.from({ length: members }, (_, i) => [`m${i}`, 0]))
    expect(decide(post('/api/kernel/run', body(MEMBERS)), edit).type).toBe('pass')
    expect(decide(post('/api/kernel/run', body(MEMBERS + 1)), edit)).toEqual(refused('bad-command'))
  })

  test.each([
    ['members', (n: number) => `{${Array.from({ length: n / 12 }, (_, i) => `"${i}":0`).join()}}`],
    ['members within', (n: number) => `{"a":{${'"_x":0,'.repeat(n / 7)}"z":0}}`],
    ['escaped members within', (n: number) => `{"a":{${'"\\u005f\\u005fp\\u0072":0,'.repeat(n / 24)}"z":0}}`],
    ['members that are nearly it', (n: number) => `{"a":{${'"__proto_":0,'.repeat(n / 13)}"z":0}}`],
    ['brackets', (n: number) => `{"a":[${'[],'.repeat(n / 3)}0]}`],
    ['quotes', (n: number) => `{"a":[${'"",'.repeat(n / 3)}0]}`],
    ['backslashes', (n: number) => `{"a":"${'\\\\'.repeat(n / 2)}"}`],
  ])('%s up to 16 MiB cost in proportion', (_, make) => {
    const [small, large] = [2 ** 20, 2 ** 24 - 1024].map((bytes) => {
      const body = Buffer.from(make(bytes))
      return () => decide({ ...post('/api/kernel/run', {}), body }, edit)
    }) as [() => unknown, () => unknown]
    expect(linear(small, large)).toBe(true)
  })

  test('16 MiB of one string costs no more than its passage', () => {
    const body = JSON.stringify({ objectIds: ['a'], values: ['\\'.repeat(2 ** 22) + 'x'.repeat(2 ** 23)] })
    const decided = () => decide(post('/api/kernel/set_ui_element_value', body), run)
    expect(decided().type).toBe('pass')
    expect(cost(decided)).toBeLessThan(1000)
  })
})
