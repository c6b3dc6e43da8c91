// What this gateway is, and the marimo it is made for (the runner says which one runs).
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const MARIMO = '0.25.2'
export const SCRYDON: string = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')).version
