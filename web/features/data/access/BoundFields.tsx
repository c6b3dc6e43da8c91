// Whom a rule that takes away is about.
import { Match, Switch } from 'solid-js'
import type { Bound } from '#protocol/policy/policy.ts'
import { Choice } from '../parts/Choice.tsx'
import { LabelField } from '../parts/LabelField.tsx'
import { Word } from './TestFields.tsx'

type BoundFieldsProps = { readonly of: string; readonly bound: Bound; readonly onBound: (bound: Bound) => void }

const OPTIONS = [
  ['everybody', 'Everybody'],
  ['below', 'Whoever is not cleared for'],
  ['outside', 'Whoever is outside the group'],
] as const
const NEW: Record<Bound['all'], Bound> = {
  everybody: { all: 'everybody' },
  below: { all: 'below', label: { level: 'confidential', markings: [] } },
  outside: { all: 'outside', group: '' },
}

export function BoundFields(props: BoundFieldsProps) {
  const below = () => (props.bound.all === 'below' ? props.bound : null)
  const outside = () => (props.bound.all === 'outside' ? props.bound : null)
  return (
    <div class="flex flex-wrap items-center gap-2">
      <Choice
        label={`Whom ${props.of} is about`}
        value={props.bound.all}
        options={OPTIONS}
        onValue={(all) => props.onBound(NEW[all])}
      />
      <Switch>
        <Match when={below()}>
          {(bound) => (
            <LabelField
              of={`the clearance of ${props.of}`}
              label={bound().label}
              onLabel={(label) => props.onBound({ all: 'below', label })}
            />
          )}
        </Match>
        <Match when={outside()}>
          {(bound) => (
            <Word
              label={`Group of ${props.of}`}
              word={bound().group}
              group
              onWord={(group) => props.onBound({ all: 'outside', group })}
            />
          )}
        </Match>
      </Switch>
    </div>
  )
}
