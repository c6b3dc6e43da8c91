// The shipped report: as a reader opens it, and its twin for a bare marimo, which reads the same rows, masked already, from Parquet.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cellsOf } from '../../e2e/cells.ts'
import type { Client } from '../../e2e/client.ts'
import { ROOT } from '../../e2e/stack.ts'

export const REPORT = readFileSync(join(ROOT, 'examples/notebooks/authorities_report.py'), 'utf8')

/** As the reader sees the table: what the twin is made of, and how many bytes the rows take in a kernel. */
export type Seen = { readonly rows: string; readonly about: unknown; readonly bytes: number }

const TAKE = `import base64, dataclasses, io, json
from scrydon import tables
_rows, _about = tables.read("compliance_authorities"), tables.describe("compliance_authorities")
_file = io.BytesIO()
_rows.to_parquet(_file)
_columns = [{"name": column.name, "masked": column.masked} for column in _about.columns]
_said = {"level": str(_about.level), "filtered": _about.filtered, "columns": _columns}
print(json.dumps({"rows": base64.b64encode(_file.getvalue()).decode(), "about": _said, "bytes": int(_rows.memory_usage(deep=True).sum())}))`
const IMPORTED = 'from scrydon import errors, tables'

const notebookOf = (code: string) =>
  `import marimo\n\napp = marimo.App()\n\n\n@app.cell\ndef _():\n${code.replace(/^/gm, '    ')}\n    return\n`

/** Read by the reader, in a notebook of their own: the rows are masked by the product, not by hand. */
export async function seenBy(reader: Client): Promise<Seen> {
  const { id } = await reader.notebook('what I see', notebookOf(TAKE))
  const tab = await reader.tab()
  const { opened, kernel } = await reader.open(tab, id)
  await kernel.runAll()
  const [cell] = cellsOf(kernel.seen)
  await reader.call('POST /api/kernels/:kernel/stop', { params: { kernel: opened.kernel } })
  tab.close()
  return JSON.parse((cell?.console ?? '').replace(/^\[[^\]]*\]/, '')) as Seen
}

/** The report word for word, but for where its tables come from. */
export function twin({ rows, about }: Seen): { folder: string; file: string } {
  const folder = mkdtempSync(join(tmpdir(), 'report-'))
  const [parquet, said, file] = ['rows.parquet', 'about.json', 'report.py'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  writeFileSync(parquet, Buffer.from(rows, 'base64'))
  writeFileSync(said, JSON.stringify(about))
  const instead = [
    'import json, types, pandas',
    'errors = types.SimpleNamespace(ScrydonError=OSError)',
    `_about = open(${JSON.stringify(said)}).read()`,
    'describe = lambda name: json.loads(_about, object_hook=lambda fields: types.SimpleNamespace(**fields))',
    `tables = types.SimpleNamespace(read=lambda name: pandas.read_parquet(${JSON.stringify(parquet)}), describe=describe)`,
  ]
  if (!REPORT.includes(IMPORTED)) throw new Error(`the report does not import its tables by “${IMPORTED}” any more`)
  writeFileSync(file, REPORT.replace(IMPORTED, instead.join('\n    ')))
  return { folder, file }
}

/** The author's copy of the report, shared with these people to view. */
export async function shared(author: Client, name: string, people: readonly string[]): Promise<string> {
  const { id } = await author.notebook(name, REPORT)
  await author.call('PUT /api/notebooks/:id/shares', {
    params: { id },
    body: { with: people, right: 'view', expires: null, onto: 0 },
  })
  return id
}
