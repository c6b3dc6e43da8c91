// A read that is larger than the kernel's memory is an error in its cell: the kernel and what it holds stay.
import { cellsOf } from './cells.ts'
import { expect, notebookOf, test } from './fixtures.ts'

/** Leaves room for a small read, and for no large one. */
const FILL = `from scrydon import _room, tables
filled = b"1" * max(0, int(_room.left() / _room.SHARE) - (40 << 20))
len(filled) > 0`
const LARGE = 'tables.read("flights", limit=10_000_000)'
const SMALL = 'len(filled) > 0, len(tables.read("airlines")), tables.sql("select count(*) as n from flights")["n"].tolist()'

test('an explicit limit lifts the limit of rows, never the kernel’s memory', async ({ client }) => {
  const analyst = await client('Analyst')
  const { id } = await analyst.notebook('large reads', notebookOf(FILL, LARGE, SMALL))
  const { kernel } = await analyst.open(await analyst.tab(), id)
  await kernel.runAll()
  const [filled, large, small] = cellsOf(kernel.seen)
  expect(filled?.text).toContain('True')
  expect(large?.text).toContain('does not fit in this kernel’s memory. Name fewer columns (columns=[…])')
  expect(small?.text).toContain('[true, 16, [336776]]')
})
