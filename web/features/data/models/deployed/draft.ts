// What an owner says of a model, as it is typed: pure.
import { type Input, Inputs, type ValueType } from '#protocol/library/inference.ts'
import { Alias } from '#protocol/library/llm.ts'
import type { DeployedRules, ModelFile } from '#protocol/policy/deployed.ts'
import { LEVELS } from '#protocol/policy/label.ts'

/** Without a file it cannot be saved. */
export type Draft = { readonly name: string; readonly rules: DeployedRules; readonly file: ModelFile | null }

/** Closed, and as high as there is: what is said too low shows, what is said too high hides. */
export const NEW: Draft = {
  name: '',
  rules: {
    description: '',
    label: { level: LEVELS.at(-1) ?? 'secret', markings: [] },
    inputs: [],
    open: 'editors',
    to: [],
  },
  file: null,
}

/** With another file: what it says itself stands where nothing was said yet, or what was said cannot be meant any more. */
export function withFile(draft: Draft, file: ModelFile, fileName: string): Draft {
  const name = draft.name === '' ? nameOf(fileName) : draft.name
  const fits = draft.rules.inputs.length === widthOf(file)
  const inputs = fits ? draft.rules.inputs : inputsOf(file)
  return { name, file, rules: { ...draft.rules, inputs } }
}

/** A name for a model out of its file's; empty where there is none in it. */
export function nameOf(fileName: string): string {
  const name = fileName
    .replace(/\.[^.]*$/, '')
    .replace(/[^A-Za-z0-9._-]+/g, '_')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 64)
  return Alias.safeParse(name).success ? name : ''
}

/** The columns that a file takes. Of those that lie side by side in one tensor it says no names. */
export function inputsOf({ takes }: ModelFile): readonly Input[] {
  return takes.flatMap(({ name, type, width }) =>
    width === null || width === 1
      ? [{ name, type }]
      : Array.from({ length: width }, (_, at) => ({ name: `${name}_${at}`, type })),
  )
}

const widthOf = ({ takes }: ModelFile): number => takes.reduce((sum, { width }) => sum + (width ?? 1), 0)

export const inputsText = (inputs: readonly Input[]): string => inputs.map(({ name, type }) => `${name} ${type}`).join('\n')

/** A column a line, its type the last word; null where it does not read as that. */
export function readInputs(text: string): readonly Input[] | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const read = Inputs.safeParse(lines.map(inputOf))
  return read.success ? read.data : null
}

function inputOf(line: string): { readonly name: string; readonly type: ValueType } {
  const [, name = '', type = ''] = /^\s*(.*\S)\s+(\S+)\s*$/.exec(line) ?? []
  return { name, type: type as ValueType } // judged by who reads it
}

/** As a notebook asks it. */
export const askedBy = (name: string): string => `from scrydon import inference\ninference.predict("${name}", df)`

export const columnsText = (inputs: readonly Input[]): string => inputs.map(({ name, type }) => `${name} (${type})`).join(', ')
