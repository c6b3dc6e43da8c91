// Deployed models in real kernels: the workspace's own ONNX model, opened in a process that can only compute.
import type { Client, KernelStream } from './client.ts'
import { expect, notebookOf, test } from './fixtures.ts'

const BEGIN = `import base64, json
import pandas as pd
from scrydon import errors, inference, tables
told = {}
rows = pd.DataFrame({"hour": [6, 21], "month": 7, "distance": 1000.0, "from_lga": False, "from_jfk": True, "seats": 150,
                     "precip": [0.0, 0.5], "visib": [10.0, 2.0], "wind_speed": 10.0, "humid": [40.0, 95.0]}, index=[3, 5])
def tell(what, call):
    try:
        told[what] = call()
    except errors.ScrydonError as refused:
        told[what] = f"{type(refused).__name__} {refused.code}: {refused.message}"
`
const END = `\n"TOLD:" + base64.b64encode(json.dumps(told).encode()).decode() + ":"`
const tells = (calls: Readonly<Record<string, string>>) =>
  notebookOf(
    BEGIN +
      Object.entries(calls)
        .map(([what, call]) => `tell("${what}", lambda: ${call})`)
        .join('\n') +
      END,
  )
const TOLD = /TOLD:([\w+/=]+):/
const LATE = '[round(one, 3) for one in inference.predict("flight_delay", rows)["probability"]]'

async function outcome(kernel: KernelStream): Promise<Record<string, unknown>> {
  const { data } = await kernel.until('the end of the cell', ({ data }) => TOLD.test(JSON.stringify(data)))
  return JSON.parse(Buffer.from(TOLD.exec(JSON.stringify(data))?.[1] ?? '', 'base64').toString())
}

async function told(who: Client, name: string, calls: Readonly<Record<string, string>>, mode: 'auto' | 'run' = 'auto') {
  const { opened, kernel } = await who.open(await who.tab(), (await who.notebook(name, tells(calls))).id, mode)
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
