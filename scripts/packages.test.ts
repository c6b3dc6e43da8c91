// Adding a Python package: what the extra lock holds, and the whole way from a wheel to an import in a kernel.
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { openGround, PYTHON, sandboxable, TestKernel } from '../kernel-runner/testing/launch.ts'
import { UV } from './lib/paths.mjs'
import { lockExtra, withoutLocked } from './packages.mjs'

vi.setConfig({ testTimeout: 120_000 })

describe('the extra lock', () => {
  const locked = 'numpy==2.0.0 \\\n    --hash=sha256:aa\npandas==3.0.0 \\\n    --hash=sha256:bb\n'
  const added = 'statsmodels==0.14.0 \\\n    --hash=sha256:cc\n'
  const wheel = 'tiny @ file:///wheels/tiny-1.0-py3-none-any.whl \\\n    --hash=sha256:dd\n'

  it('holds what the main lock does not, each with its hashes', () => {
    expect(withoutLocked(locked + added + wheel, locked)).toBe(added + wheel)
    expect(withoutLocked(wheel + locked, locked)).toBe(wheel)
  })
  it('is empty when the main lock holds it all, however its names are written', () => {
    expect(withoutLocked(locked, locked.replace('numpy', 'NumPy'))).toBe('')
  })
})

const WHEEL = `import sys, zipfile
info = "tiny_addition-1.0.dist-info/"
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    wheel.writestr("tiny_addition.py", "answer = 'added ' + 'later'\\n")
    wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: tiny-addition\\nVersion: 1.0\\nRequires-Dist: packaging\\n")
    wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(info + "RECORD", "")
`

describe.skipIf(!sandboxable || !fs.existsSync(UV))('a package that is added while kernels run', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'packages-'))
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))
  const file = (name: string) => path.join(folder, name)
  const python = file('env/bin/python')

  /** An environment that sees ours, and may be added to. */
  function environment(): string {
    const packages = execFileSync(PYTHON, ['-c', 'import sysconfig; print(sysconfig.get_path("purelib"))'], {
      encoding: 'utf8',
    }).trim()
    execFileSync(PYTHON, ['-m', 'venv', '--without-pip', file('env')])
    const own = execFileSync(python, ['-c', 'import sysconfig; print(sysconfig.get_path("purelib"))'], {
      encoding: 'utf8',
    }).trim()
    fs.writeFileSync(path.join(own, 'ours.pth'), `${packages}\n`)
    return path.dirname(path.dirname(path.dirname(path.dirname(packages))))
  }

  it('is locked under the main lock, installed by hash, and imported by the next kernel; the running ones go on', async () => {
    const ground = await openGround(python, [environment()])
    const kernels: TestKernel[] = []
    const open = async (cell: string) => {
      const kernel = await TestKernel.start(ground, { cells: [cell] })
      kernels.push(kernel)
      await kernel.connect()
      return kernel
    }
    try {
      const before = await open('import tiny_addition')
      await before.output('tiny_addition')
      const wheel = file('tiny_addition-1.0-py3-none-any.whl')
      execFileSync(PYTHON, ['-c', WHEEL, wheel])
      fs.writeFileSync(file('extra.txt'), `tiny-addition @ file://${wheel}\n`)
      fs.writeFileSync(file('main.lock'), 'packaging==25.0\n')
      await lockExtra({ extra: file('extra.txt'), lock: file('main.lock'), out: file('extra.lock'), python })
      const lock = fs.readFileSync(file('extra.lock'), 'utf8')
      expect(lock).toMatch(/^tiny-addition @ .*--hash=sha256:/s)
      expect(lock).not.toContain('packaging')
      execFileSync(UV, ['pip', 'install', '-q', '--no-deps', '--require-hashes', '--python', python, '-r', file('extra.lock')])
      const former = ground.zygote.pid
      const ready = await ground.zygote.open()
      expect(ready.packages).toContainEqual({ name: 'tiny-addition', version: '1.0' })
      expect(ground.zygote.pid).not.toBe(former)
      await (await open('import tiny_addition\ntiny_addition.answer')).output('added later')
      expect(await before.call('GET', '/health')).toMatchObject({ status: 200 })
      await before.end()
      expect(await before.exited).toEqual({ type: 'signal', signal: 9 }) // its own zygote has seen it, and goes
      await expect.poll(() => fs.existsSync(`/proc/${former}`), { timeout: 10_000 }).toBe(false)
    } finally {
      await Promise.all(kernels.map((kernel) => kernel.end()))
      await ground.close()
    }
  })
})
