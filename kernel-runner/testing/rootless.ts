// Run as a plain user by probe.test.ts: `node rootless.ts PYTHON FOLDER`. Prints the isolation it proves, as JSON.
import { execFileSync } from 'node:child_process'
import { findBubblewrap, probe } from '../providers/local/probe.ts'
import { prepareSandboxes } from '../providers/local/sandbox.ts'
import { Zygote } from '../providers/local/zygote.ts'
import { MAIN } from './launch.ts'

const [python = '', folder = ''] = process.argv.slice(2)
const print = 'import sys; print(sys.prefix, sys.base_prefix, *(p for p in sys.path if p.endswith("site-packages")))'
const shown = execFileSync(python, ['-I', '-c', print], { encoding: 'utf8' }).trim().split(' ')
const program = execFileSync(python, ['-I', MAIN, '--print-seccomp'])
const base = prepareSandboxes(folder, findBubblewrap() ?? 'bwrap', program, [...new Set(shown)])
const zygote = new Zygote({ python, main: MAIN, learned: null, folder, note: () => undefined })
await zygote.open()
process.stdout.write(JSON.stringify(await probe({ base, zygote, folder, state: [folder], uids: [0, 0] })))
zygote.close()
