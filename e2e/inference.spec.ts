// Deployed models in real kernels: the workspace's own ONNX model, opened in a process that can only compute.
import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from './client.ts'
import { expect, test } from './fixtures.ts'
import { ROOT } from './stack.ts'
import { outcome, telling } from './told.ts'

const BEFORE = `import os, socket
import pandas as pd
from scrydon import inference, tables
rows = pd.DataFrame({"hour": [6, 21], "month": 7, "distance": 1000.0, "from_lga": False, "from_jfk": True, "seats": 150,
                     "precip": [0.0, 0.5], "visib": [10.0, 2.0], "wind_speed": 10.0, "humid": [40.0, 95.0]}, index=[3, 5])
def raw(call, body, more=b""):
    try:
        with socket.socket(socket.AF_UNIX) as s:
            s.connect("/run/scrydon/control")
            s.sendall(json.dumps({"call": call, "body": body}).encode() + more + b"\\n")
            answer = s.makefile().readline()
    except OSError:
        answer = ""
    said = json.loads(answer or '{"error": {"code": "closed"}}')
    return said["error"]["code"] if "error" in said else "answered"
`
const LATE = '[round(one, 3) for one in inference.predict("flight_delay", rows)["probability"]]'

async function told(who: Client, name: string, calls: Readonly<Record<string, string>>, mode: 'auto' | 'run' = 'auto') {
  const { opened, kernel } = await who.open(await who.tab(), (await who.notebook(name, telling(BEFORE, calls))).id, mode)
  if (opened.mode === 'edit') await kernel.runAll()
  return outcome(kernel)
}

test('a notebook predicts with the workspace’s model; what the kernel has read closes it', async ({ client }) => {
  const answers = await told(await client('Analyst'), 'predicts', {
    models: '[one.name for one in inference.models()]',
    late: LATE,
    index: 'list(inference.predict("flight_delay", rows).frame.index)',
    level: 'inference.predict("flight_delay", rows).level',
    nowhere: 'inference.predict("nowhere", rows)',
    read: 'len(tables.read("compliance_authorities"))',
    after: LATE,
  })
  expect(answers).toMatchObject({
    models: ['flight_delay'],
    index: [3, 5],
    level: 'internal',
    nowhere: expect.stringMatching(/^NotFound inference-absent: There is no deployed model “nowhere”.*Owner/),
    read: 33,
    after: expect.stringMatching(
      /^Denied inference-label: The model “flight_delay” may get data up to internal.*confidential PII.*Owner/,
    ),
  })
  const [morning, evening] = answers.late as [number, number]
  expect(morning).toBeGreaterThan(0)
  expect(evening).toBeGreaterThan(morning)
  expect(evening).toBeLessThan(1)
})

test('a reader predicts with a model that is marked for readers', async ({ client }) => {
  const answers = await told(await client('Analyst'), 'reads predictions', { late: LATE }, 'run')
  expect(answers.late).toHaveLength(2)
})

const planted: string[] = []
test.afterEach(({ stack }) => {
  for (const name of planted.splice(0))
    for (const ending of ['json', 'onnx']) rmSync(join(stack.home, 'models', `${name}.${ending}`))
})

/** Puts a model beside those of the workspace: what an expression of python/tests/onnx_models.py makes. */
function deploy(home: string, name: string, made: string, readers: boolean): void {
  planted.push(name)
  const script = `import sys; from tests import onnx_models as models; sys.stdout.buffer.write(eval(sys.argv[1], vars(models)))`
  const file = execFileSync(join(ROOT, '.venv/bin/python'), ['-c', script, made], { cwd: join(ROOT, 'python') })
  writeFileSync(join(home, 'models', `${name}.onnx`), file)
  const inputs = [{ name: 'x', type: 'real' }]
  writeFileSync(join(home, 'models', `${name}.json`), JSON.stringify({ level: 'internal', readers, inputs }))
}

test('a reader does not predict with a model that is not marked for readers', async ({ client, stack }) => {
  deploy(stack.home, 'for_editors', 'passing(FLOAT, None)', false)
  const X = 'inference.predict("for_editors", pd.DataFrame({"x": [1.5]}))["y"].tolist()'
  const calls = {
    models: '[one.name for one in inference.models()]',
    said: X,
    raw: 'raw("inference.describe", {"model": "for_editors"})',
  }
  const reading = await told(await client('Analyst'), 'reads for editors', calls, 'run')
  expect(reading).toEqual({
    models: ['flight_delay'],
    said: expect.stringMatching(/^Denied inference-readers: .*“for_editors”/),
    raw: 'inference-readers',
  })
  const editing = await told(await client('Analyst'), 'edits for editors', calls)
  expect(editing).toMatchObject({ models: expect.arrayContaining(['flight_delay', 'for_editors']), said: [1.5], raw: 'answered' })
})

test('a hostile model costs its own batch; a kernel that speaks by itself gets no more than the library', async ({
  client,
  stack,
}) => {
  test.setTimeout(120_000)
  const hostile = { endless: 'endless()', stealing: 'external("/etc/passwd")', foreign: 'foreign()', vast: 'declared(1 << 29)' }
  for (const [name, made] of Object.entries(hostile)) deploy(stack.home, name, made, false)
  const X = '[{"name": "x", "type": "real", "values": [1.5]}]'
  const asked = (name: string) => `inference.predict("${name}", pd.DataFrame({"x": [1.5]}))`
  const sent = (columns: string, model = 'flight_delay') =>
    `raw("inference.predict", {"model": "${model}", "columns": ${columns}})`
  const answers = await told(await client('Analyst'), 'attacks', {
    ...Object.fromEntries(Object.keys(hostile).map((name) => [name, asked(name)])),
    'thousands of columns': sent('[{"name": f"c{n}", "type": "boolean", "values": [True]} for n in range(4000)]'),
    'other columns': sent(X),
    'no values': sent('[{"name": "x", "type": "real", "values": [None]}]'),
    'a path': sent(X, '../../state'),
    'somebody else':
      'raw("inference.predict", {"model": "endless", "columns": [{"name": "x", "type": "real", "values": [1.5]}], "kernel": "k_other"})',
    'too long': `raw("inference.predict", {"model": "x" * (1 << 19), "columns": []})`,
    'two at once': `raw("inference.models", {}, b"\\n" + b"{}")`,
    telemetry: 'os.environ["ORT_DISABLE_TELEMETRY"]',
    late: LATE,
  })
  expect(answers).toEqual({
    endless: expect.stringMatching(/^Unavailable inference-silent: .*“endless”.*15 s/),
    stealing: expect.stringMatching(/^\w+ inference-unusable: .*“stealing”/),
    foreign: expect.stringMatching(/^\w+ inference-unusable: .*“foreign”/),
    vast: expect.stringMatching(/^\w+ inference-unusable: .*“vast”/),
    'thousands of columns': 'bad-question',
    'other columns': 'inference-inputs',
    'no values': 'bad-question',
    'a path': 'inference-absent',
    'somebody else': 'bad-question',
    'too long': 'closed',
    'two at once': 'closed',
    telemetry: '1',
    late: [expect.any(Number), expect.any(Number)],
  })
})
