// A condition, built of fields: tests of a column or of the person, all or any of several, one inside the other. What no field can
// show stands there in words and is kept.
import Plus from 'lucide-solid/icons/plus'
import X from 'lucide-solid/icons/x'
import { Index, Match, Show, Switch } from 'solid-js'
import type { Expr } from '#protocol/policy/expr.ts'
import type { Column } from '#protocol/policy/policy.ts'
import { Button } from '../../../ui/Button.tsx'
import { IconButton } from '../../../ui/Tip.tsx'
import { Choice } from '../parts/Choice.tsx'
import { exprText } from '../words.ts'
import { exprOf, leafOf, newLeaf } from './draft.ts'
import { TestFields } from './TestFields.tsx'

type ConditionProps = {
  readonly of: string // for names: “rows-1”
  readonly expr: Expr
  readonly columns: readonly Column[]
  readonly onExpr: (expr: Expr) => void
  readonly onRemove?: () => void
}
type Group = Extract<Expr, { op: 'and' | 'or' }>

export function Condition(props: ConditionProps) {
  const group = () => (props.expr.op === 'and' || props.expr.op === 'or' ? props.expr : null)
  return (
    <Switch>
      <Match when={group()}>{(all) => <Several {...props} group={all()} />}</Match>
      <Match when={leafOf(props.expr)}>
        {(leaf) => (
          <div class="flex flex-wrap items-center gap-2">
            <TestFields of={props.of} leaf={leaf()} columns={props.columns} onLeaf={(next) => props.onExpr(exprOf(next))} />
            <Remove of={props.of} onRemove={props.onRemove} />
            <Show when={!props.onRemove}>
              <Button
                size="small"
                tone="quiet"
                onClick={() => props.onExpr({ op: 'and', of: [props.expr, newLeaf(props.columns)] })}
              >
                <Plus size={14} aria-hidden="true" /> Condition
              </Button>
            </Show>
          </div>
        )}
      </Match>
      <Match when>
        <div class="flex items-center gap-2 text-sm">
          <code class="rounded bg-sunken px-2 py-1 font-mono text-xs">{exprText(props.expr)}</code>
          <Remove of={props.of} onRemove={props.onRemove} />
        </div>
      </Match>
    </Switch>
  )
}

function Several(props: ConditionProps & { readonly group: Group }) {
  const put = (of: readonly Expr[]) => props.onExpr({ op: props.group.op, of })
  return (
    <fieldset class="rounded-[6px] border border-line p-2.5" aria-label={`Conditions of ${props.of}`}>
      <div class="mb-2 flex items-center gap-2 text-sm">
        <Choice
          label={`How the conditions of ${props.of} are joined`}
          value={props.group.op}
          options={[
            ['and', 'all of these'],
            ['or', 'any of these'],
          ]}
          onValue={(op) => props.onExpr({ op, of: props.group.of })}
        />
        <Remove of={`the group of ${props.of}`} onRemove={props.onRemove} />
      </div>
      <div class="flex flex-col items-start gap-2 border-l-2 border-line pl-3">
        <Index each={props.group.of}>
          {(part, at) => (
            <Condition
              of={`${props.of}, ${at + 1}`}
              expr={part()}
              columns={props.columns}
              onExpr={(next) => put(props.group.of.with(at, next))}
              onRemove={() => put(props.group.of.filter((_, index) => index !== at))}
            />
          )}
        </Index>
        <Show when={props.group.of.length === 0}>
          <p class="text-sm text-ink-2">
            {props.group.op === 'and' ? 'Nothing: every row is meant.' : 'Nothing: no row is meant.'}
          </p>
        </Show>
        <More op={props.group.op} columns={props.columns} onMore={(part) => put([...props.group.of, part])} />
      </div>
    </fieldset>
  )
}

type MoreProps = { readonly op: Group['op']; readonly columns: readonly Column[]; readonly onMore: (part: Expr) => void }

const More = (props: MoreProps) => (
  <div class="flex gap-2">
    <Button size="small" tone="quiet" onClick={() => props.onMore(newLeaf(props.columns))}>
      <Plus size={14} aria-hidden="true" /> Condition
    </Button>
    <Button
      size="small"
      tone="quiet"
      onClick={() => props.onMore({ op: props.op === 'and' ? 'or' : 'and', of: [newLeaf(props.columns)] })}
    >
      <Plus size={14} aria-hidden="true" /> Group
    </Button>
  </div>
)

const Remove = (props: { readonly of: string; readonly onRemove: (() => void) | undefined }) => (
  <Show when={props.onRemove}>
    {(remove) => (
      <IconButton label={`Remove the condition of ${props.of}`} text="Remove" onClick={() => remove()()}>
        <X size={15} aria-hidden="true" />
      </IconButton>
    )}
  </Show>
)
