// The heavy notebook (pandas, numpy, plotly.express; a table of 1000 rows and a scatter), for all sides.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Notification } from '../../e2e/client.ts'
import { ROOT } from '../../e2e/stack.ts'

export const HEAVY = readFileSync(join(ROOT, 'bench/heavy.py'), 'utf8')

/** The same work for a kernel that has no cells: the table is the first result. */
export const HEAVY_CODE = `import numpy as np
import pandas as pd
import plotly.express as px
random = np.random.default_rng(0)
frame = pd.DataFrame({"x": random.normal(size=1000), "y": random.normal(size=1000), "g": random.integers(0, 5, 1000)})
display(frame)
px.scatter(frame, x="x", y="y", color="g")`

/** A folder that seeds a workspace with copies of it: one for each account, since one person at a time edits a notebook. */
export function heavyFolder(copies: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'heavy-'))
  for (let index = 1; index <= copies; index += 1) writeFileSync(join(folder, `heavy ${index}.py`), HEAVY)
  return folder
}

/** Recognises the first output of a cell that was seen running: a replay or a cached output does not count. */
export function firstOutput(): (notification: Notification) => boolean {
  const running = new Set<unknown>()
  return ({ op, data }) => {
    if (op !== 'cell-op') return false
    if (data.status === 'running') running.add(data.cell_id)
    const output = data.output as { data?: unknown } | null | undefined
    return Boolean(output?.data) && running.has(data.cell_id)
  }
}
