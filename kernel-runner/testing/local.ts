// The real provider on a state folder of its own, and whether this machine has what it needs.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pino from 'pino'
import { LocalProvider } from '../providers/local/provider.ts'

const REPOSITORY = path.dirname(path.dirname(import.meta.dirname))
export const PYTHON = path.join(REPOSITORY, '.venv', 'bin', 'python')
export const LAUNCHER = path.join(REPOSITORY, 'python', 'launcher')
export const prepared = fs.existsSync(PYTHON)

export function temporaryRoot(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'local-'))
}

export function localProvider(root: string): LocalProvider {
  return new LocalProvider({
    root,
    python: PYTHON,
    launcher: LAUNCHER,
    learned: null,
    changed: path.join(root, 'changed'),
    log: pino({ level: 'silent' }),
  })
}
