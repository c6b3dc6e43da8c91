// A folder of ONNX models, made by hand (python/tests/onnx_models.py).
import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../../..')
export const PYTHON = process.env.SCRYDON_PYTHON ?? join(ROOT, '.venv/bin/python')
const MAKE = `import base64, json, sys
from tests import onnx_models as models
print(json.dumps([base64.b64encode(eval(call, vars(models))).decode() for call in json.load(sys.stdin)]))`

/** What each of these expressions of onnx_models.py makes. */
export function modelsOf(...calls: readonly string[]): readonly Buffer[] {
  const said = execFileSync(PYTHON, ['-c', MAKE], { cwd: join(ROOT, 'python'), input: JSON.stringify(calls) })
  return (JSON.parse(said.toString()) as string[]).map((text) => Buffer.from(text, 'base64'))
}

export const DESCRIBED = {
  description: 'Says what it was given.',
  level: 'confidential',
  markings: ['PII'],
  readers: true,
  inputs: [{ name: 'x', type: 'real' }],
}

/** By name: an expression of onnx_models.py. */
export function modelFolder(made: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'models-'))
  const files = modelsOf(...Object.values(made))
  for (const [place, name] of Object.keys(made).entries()) {
    writeFileSync(join(folder, `${name}.onnx`), files[place] ?? '')
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(DESCRIBED))
  }
  return folder
}
