// Figures as everybody here reports them: percentiles of samples, ratios, a plain table.
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export const p50 = (samples: readonly number[]): number => percentile(samples, 0.5)
export const p95 = (samples: readonly number[]): number => percentile(samples, 0.95)
export const p99 = (samples: readonly number[]): number => percentile(samples, 0.99)

/** So many figures of each side, one after the other in turn; a first round fills caches and is left out. */
export async function inTurn<Side extends string>(
  samples: number,
  sides: Record<Side, () => number | Promise<number>>,
): Promise<Record<Side, number[]>> {
  const names = Object.keys(sides) as Side[]
  const figures = Object.fromEntries(names.map((name): [Side, number[]] => [name, []])) as Record<Side, number[]>
  for (let sample = 0; sample <= samples; sample += 1)
    for (const name of names) {
      const figure = await sides[name]()
      if (sample > 0) figures[name].push(figure)
    }
  return figures
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join('\n')
}

/** `met` or `missed` against a bar, printed beside the figure. */
export const against = (value: number, bar: number, direction: 'at most' | 'at least'): string =>
  `${direction} ${bar}: ${(direction === 'at most' ? value <= bar : value >= bar) ? 'met' : 'missed'}`
