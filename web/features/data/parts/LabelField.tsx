// A label to set: its level, and its markings between commas.
import { type Label, LEVELS, Marking } from '#protocol/policy/label.ts'
import { words } from '../access/draft.ts'
import { Choice } from './Choice.tsx'
import { Field } from './Field.tsx'

type LabelFieldProps = { readonly of: string; readonly label: Label; readonly onLabel: (label: Label) => void }

export function LabelField(props: LabelFieldProps) {
  return (
    <span class="inline-flex gap-2">
      <Choice
        label={`Level of ${props.of}`}
        value={props.label.level}
        options={LEVELS.map((level) => [level, level] as const)}
        onValue={(level) => props.onLabel({ ...props.label, level })}
      />
      <Field
        label={`Markings of ${props.of}`}
        text={props.label.markings.join(', ')}
        read={readMarkings}
        wrong="Markings are words in capitals, with commas between them."
        placeholder="no markings"
        class="max-w-36"
        onValue={(markings) => props.onLabel({ ...props.label, markings })}
      />
    </span>
  )
}

function readMarkings(text: string): readonly string[] | null {
  const markings = words(text.toUpperCase())
  return markings.every((marking) => Marking.safeParse(marking).success) ? [...new Set(markings)].sort() : null
}
