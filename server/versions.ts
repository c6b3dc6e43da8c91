// What this gateway is; the marimo it is made for is protocol/marimo.ts (the runner says which one runs).
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const SCRYDON: string = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')).version
