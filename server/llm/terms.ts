// Which language models there are now: as the operator set them up, with what the workspace's owner has said of each since. Looked up
// at each question, so an edit holds from the next one on.
import type { Alias } from '#protocol/library/llm.ts'
import type { RouteRules } from '#protocol/policy/route.ts'
import type { Governance } from '../seams/governance.ts'
import type { Route, Routes } from './routes.ts'

/** `tokens`: of one answer, at most. `missing`: the operator offers its model no more. */
export type Term = RouteRules & { readonly tokens: number; readonly missing: boolean }
export type Terms = {
  readonly perDay: number // tokens of one person, of all models together
  /** Undefined: there is no model of that name. */
  route(alias: string): Promise<Term | undefined>
  all(): Promise<ReadonlyMap<Alias, Term>>
}

/** The endpoint's own names of what may stand behind an alias. */
export const offered = (routes: Routes): readonly string[] => [...new Set([...routes.values()].map(({ model }) => model))]

/** `said`: by an owner; null: nothing yet. */
export function inForce(routes: Routes, route: Route, said: RouteRules | null): Term {
  const rules = said ?? asSetUp(route)
  return { ...rules, tokens: route.tokens, missing: !offered(routes).includes(rules.model) }
}

const asSetUp = ({ model, label, readers }: Route): RouteRules => ({
  model,
  label,
  open: readers ? 'readers' : 'editors',
  perDay: null,
})

type Given = { readonly routes: Routes; readonly perDay: number }

export function makeTerms({ routes, perDay }: Given, governance: Pick<Governance, 'route'>): Terms {
  const term = async (alias: string, route: Route) => inForce(routes, route, (await governance.route(alias))?.value ?? null)
  return {
    perDay,
    async route(alias) {
      const route = routes.get(alias)
      return route && term(alias, route)
    },
    async all() {
      const terms = [...routes].map(async ([alias, route]) => [alias, await term(alias, route)] as const)
      return new Map(await Promise.all(terms))
    },
  }
}
