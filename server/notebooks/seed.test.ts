import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Notebook } from '#protocol/api.ts'
import { signIn, stopGateway, testGateway } from '../testing.ts'

const SOURCE = 'import marimo\n\napp = marimo.App()\n'

test('the first start plants every notebook of the folder, once; what cannot be read is skipped at once and said', async () => {
  const home = mkdtempSync(join(tmpdir(), 'scrydon-seed-'))
  const examples = join(home, 'examples')
  mkdirSync(examples)
  writeFileSync(join(examples, 'good one.py'), SOURCE)
  writeFileSync(join(examples, 'broken.py'), `${SOURCE}x = (\n`)
  writeFileSync(join(examples, 'script.py'), 'print(1)\n')
  writeFileSync(join(examples, 'latin.py'), Buffer.concat([Buffer.from(SOURCE), Buffer.from([0xe9])]))
  writeFileSync(join(examples, 'big.py'), `${SOURCE}#${'x'.repeat(6 * 1024 * 1024)}`)
  writeFileSync(join(examples, 'notes.txt'), SOURCE)
  symlinkSync('/etc/hostname', join(examples, 'link.py'))
  execFileSync('mkfifo', [join(examples, 'fifo.py')])

  const first = await testGateway({ home })
  const analyst = await signIn(first, 'demo-analyst')
  const listed = (await analyst.call('GET /api/notebooks')).body as Notebook[]
  expect(listed.map(({ name, author, rights }) => [name, author.name, rights]).sort()).toEqual([
    ['broken', 'Owner', 'edit'],
    ['good one', 'Owner', 'edit'],
  ])
  const said = first.log.map((line) => JSON.parse(line)).find(({ msg }) => msg === 'examples planted')
  expect(said).toMatchObject({
    made: 2,
    skipped: [
      { file: 'big.py', code: 'source-too-big' },
      { file: 'fifo.py', code: 'not-a-file' },
      { file: 'latin.py', code: 'not-utf8' },
      { file: 'link.py', code: 'ELOOP' },
      { file: 'script.py', code: 'not-a-notebook' },
    ],
  })
  const owner = await signIn(first, 'demo-owner')
  await owner.call(`DELETE /api/notebooks/${listed[0]?.id}`)
  await first.close()

  const second = await testGateway({ home })
  const again = await signIn(second, 'demo-owner')
  expect((await again.call('GET /api/notebooks')).body).toHaveLength(1)
  await stopGateway(second)
})
