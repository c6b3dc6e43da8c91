// The fields of one test: a column, how it is compared, with what.
import { Match, Show, Switch } from 'solid-js'
import { AttributeName } from '#protocol/policy/expr.ts'
import { type Column, GroupName } from '#protocol/policy/policy.ts'
import type { ColumnType, Literal } from '#protocol/policy/values.ts'
import { Choice } from '../parts/Choice.tsx'
import { Field } from '../parts/Field.tsx'
import { asked, type Leaf, readLiteral, readLiterals, TESTS, type Test } from './draft.ts'

type TestFieldsProps = {
  readonly of: string
  readonly leaf: Leaf
  readonly columns: readonly Column[]
  readonly onLeaf: (leaf: Leaf) => void
}

const PLAIN: Record<Test['is'], string> = {
  equal: 'is',
  'one of': 'is one of',
  'in attribute': 'is among their attribute',
  attribute: 'is their attribute',
  below: 'is below',
  most: 'is at most',
  empty: 'is empty',
  'in group': 'they are in the group',
}
const NEGATED: Record<Test['is'], string> = {
  equal: 'is not',
  'one of': 'is none of',
  'in attribute': 'is not among their attribute',
  attribute: 'is not their attribute',
  below: 'is not below',
  most: 'is not at most',
  empty: 'is not empty',
  'in group': 'they are not in the group',
}
const OPTIONS = TESTS.flatMap((is) => [[is, PLAIN[is]] as const, [`not ${is}`, NEGATED[is]] as const])

export function TestFields(props: TestFieldsProps) {
  const test = () => props.leaf.test
  const put = (next: Test) => props.onLeaf({ not: props.leaf.not, test: next })
  const column = () => {
    const now = test()
    return 'column' in now ? now.column : null
  }
  const type = (): ColumnType => props.columns.find(({ name }) => name === column())?.type ?? 'text'
  const names = () => props.columns.map(({ name }) => [name, name] as const)
  const moved = (name: string) => {
    const now = test()
    if ('column' in now) put(asked(now.is, { ...now, column: name }, props.columns))
  }
  return (
    <>
      <Show when={column()}>
        {(name) => (
          <Choice label={`Column of ${props.of}`} value={name()} options={names()} class="font-mono text-xs" onValue={moved} />
        )}
      </Show>
      <Choice
        label={`Test of ${props.of}`}
        value={`${props.leaf.not ? 'not ' : ''}${test().is}`}
        options={OPTIONS}
        onValue={(chosen) => {
          const not = chosen.startsWith('not ')
          props.onLeaf({ not, test: asked((not ? chosen.slice(4) : chosen) as Test['is'], test(), props.columns) })
        }}
      />
      <Value of={props.of} test={test()} type={type()} onTest={put} />
    </>
  )
}

type ValueProps = {
  readonly of: string
  readonly test: Test
  readonly type: ColumnType
  readonly onTest: (test: Test) => void
}
type Of<K extends string> = Extract<Test, Record<K, unknown>>

function Value(props: ValueProps) {
  const has = <K extends 'literal' | 'literals' | 'attribute' | 'group'>(key: K) =>
    key in props.test ? (props.test as Of<K>) : null
  const label = () => `Value of ${props.of}`
  return (
    <Switch>
      <Match when={has('literal')}>
        {(test) => (
          <OneLiteral label={label()} literal={test().literal} onLiteral={(literal) => props.onTest({ ...test(), literal })} />
        )}
      </Match>
      <Match when={has('literals')}>
        {(test) => (
          <Field
            label={label()}
            text={test()
              .literals.map(({ value }) => String(value))
              .join(', ')}
            read={(text) => readLiterals(props.type, text)}
            wrong={WRONG[props.type]}
            placeholder="values, with commas between them"
            class="w-56"
            onValue={(literals) => props.onTest({ ...test(), literals })}
          />
        )}
      </Match>
      <Match when={has('attribute')}>
        {(test) => (
          <Word
            label={`Attribute of ${props.of}`}
            word={test().attribute}
            onWord={(attribute) => props.onTest({ ...test(), attribute })}
          />
        )}
      </Match>
      <Match when={has('group')}>
        {(test) => (
          <Word label={`Group of ${props.of}`} word={test().group} group onWord={(group) => props.onTest({ ...test(), group })} />
        )}
      </Match>
    </Switch>
  )
}

const WRONG: Record<ColumnType, string> = {
  text: 'A text of at most 1,000 characters.',
  integer: 'A whole number.',
  real: 'A number.',
  boolean: 'true or false.',
  date: 'A date, as 2026-01-31.',
  timestamp: 'A moment, as 2026-01-31T23:59:59.000000.',
}

type OneLiteralProps = { readonly label: string; readonly literal: Literal; readonly onLiteral: (literal: Literal) => void }

export function OneLiteral(props: OneLiteralProps) {
  return (
    <Field
      label={props.label}
      type={props.literal.type === 'date' ? 'date' : 'text'}
      text={String(props.literal.value)}
      read={(text) => readLiteral(props.literal.type, text)}
      wrong={WRONG[props.literal.type]}
      class="w-44"
      onValue={props.onLiteral}
    />
  )
}

type WordProps = { readonly label: string; readonly word: string; readonly group?: true; readonly onWord: (word: string) => void }

/** The name of an attribute or a group. */
export function Word(props: WordProps) {
  const schema = () => (props.group ? GroupName : AttributeName)
  return (
    <Field
      label={props.label}
      text={props.word}
      read={(text) => (schema().safeParse(text).success ? text : null)}
      wrong="A word of small letters, digits and _."
      placeholder={props.group ? 'group' : 'attribute'}
      class="w-36"
      onValue={props.onWord}
    />
  )
}
