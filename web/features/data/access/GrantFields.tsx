// One grant: to whom, for what, until when, and which rows it finds.
import { Match, Show, Switch } from 'solid-js'
import type { PersonCard } from '#protocol/managed.ts'
import { type Audience, type Column, type Grant, RIGHTS } from '#protocol/policy/policy.ts'
import { Button } from '../../../ui/Button.tsx'
import { Choice } from '../parts/Choice.tsx'
import { Field } from '../parts/Field.tsx'
import { rightText } from '../words.ts'
import { Condition } from './Condition.tsx'
import { newLeaf } from './draft.ts'
import { Word } from './TestFields.tsx'

type GrantFieldsProps = {
  readonly grant: Grant
  readonly columns: readonly Column[]
  readonly people: readonly PersonCard[]
  readonly onGrant: (grant: Grant) => void
}

const WHO = [
  ['workspace', 'Everybody in the workspace'],
  ['group', 'The group'],
  ['person', 'The person'],
] as const
const DAY = 86_400_000

export function GrantFields(props: GrantFieldsProps) {
  const put = (change: Partial<Grant>) => props.onGrant({ ...props.grant, ...change })
  return (
    <>
      <div class="flex flex-wrap items-center gap-2">
        <Whom of={props.grant.id} to={props.grant.to} people={props.people} onTo={(to) => put({ to })} />
        <Choice
          label={`What ${props.grant.id} allows`}
          value={props.grant.right}
          options={RIGHTS.map((right) => [right, `may ${rightText(right)}`] as const)}
          onValue={(right) => put({ right })}
        />
        <Until of={props.grant.id} expires={props.grant.expires} onExpires={(expires) => put({ expires })} />
      </div>
      <Rows {...props} onRows={(rows) => put({ rows })} />
    </>
  )
}

type WhomProps = {
  readonly of: string
  readonly to: Audience
  readonly people: readonly PersonCard[]
  readonly onTo: (to: Audience) => void
}

export function Whom(props: WhomProps) {
  const group = () => (props.to.who === 'group' ? props.to : null)
  const person = () => (props.to.who === 'person' ? props.to : null)
  const blank = (who: Audience['who']): Audience => {
    if (who === 'workspace') return { who }
    return who === 'group' ? { who, group: '' } : { who, person: props.people[0]?.person.id ?? '' }
  }
  return (
    <>
      <Choice label={`To whom ${props.of} is`} value={props.to.who} options={WHO} onValue={(who) => props.onTo(blank(who))} />
      <Switch>
        <Match when={group()}>
          {(to) => (
            <Word
              label={`Group of ${props.of}`}
              word={to().group}
              group
              onWord={(name) => props.onTo({ who: 'group', group: name })}
            />
          )}
        </Match>
        <Match when={person()}>
          {(to) => (
            <Choice
              label={`Person of ${props.of}`}
              value={to().person}
              options={named(props.people, to().person)}
              onValue={(id) => props.onTo({ who: 'person', person: id })}
            />
          )}
        </Match>
      </Switch>
    </>
  )
}

type UntilProps = {
  readonly of: string
  readonly expires: number | null
  readonly onExpires: (expires: number | null) => void
}

export function Until(props: UntilProps) {
  return (
    <Show
      when={props.expires !== null}
      fallback={
        <Button size="small" aria-label={`Set a last day for ${props.of}`} onClick={() => props.onExpires(inAMonth(Date.now()))}>
          without an end
        </Button>
      }
    >
      <span class="text-sm text-ink-2">until</span>
      <Field
        label={`Last day of ${props.of}`}
        type="date"
        text={dayOf(props.expires)}
        read={readDay}
        wrong="A day, or nothing."
        class="w-36"
        onValue={({ expires }) => props.onExpires(expires)}
      />
    </Show>
  )
}

/** The end of the day that is thirty days from now. */
const inAMonth = (now: number): number => (Math.floor(now / DAY) + 31) * DAY

function Rows(props: GrantFieldsProps & { readonly onRows: (rows: Grant['rows']) => void }) {
  return (
    <Show
      when={props.grant.rows}
      fallback={
        <p class="text-sm text-ink-2">
          all rows
          <Button size="small" class="ml-2" onClick={() => props.onRows(newLeaf(props.columns))}>
            Only some rows
          </Button>
        </p>
      }
    >
      {(rows) => (
        <>
          <p class="text-sm text-ink-2">
            rows where
            <Button size="small" class="ml-2" onClick={() => props.onRows(null)}>
              All rows
            </Button>
          </p>
          <Condition of={props.grant.id} expr={rows()} columns={props.columns} onExpr={props.onRows} />
        </>
      )}
    </Show>
  )
}

/** Somebody who has left stays in the list while a grant is theirs. */
function named(people: readonly PersonCard[], chosen: string): readonly (readonly [string, string])[] {
  const known = people.map(({ person }) => [person.id, person.name] as const)
  return known.some(([id]) => id === chosen) ? known : [...known, [chosen, 'Somebody who has left']]
}

/** A grant holds until the end of its last day, in the time of Greenwich. */
const dayOf = (expires: number | null): string => (expires === null ? '' : new Date(expires - 1).toISOString().slice(0, 10))

function readDay(text: string): { readonly expires: number | null } | null {
  if (text === '') return { expires: null }
  const day = Date.parse(`${text}T00:00:00Z`)
  return Number.isNaN(day) ? null : { expires: day + DAY }
}
