// What the shell shows of language models and of the workspace: owners see the rules that are in force, others what they may use.
import type { ModelSeen, ModelsSeen, RouteCard, RoutesPage, WorkspaceCard } from '#protocol/access.ts'
import { MAY } from '#protocol/standings.ts'
import { refuse } from '../errors.ts'
import { leftOf, leftOfModel } from '../llm/left.ts'
import type { Served } from '../llm/llm.ts'
import { dayOf } from '../llm/rule.ts'
import { offered, type Term, type Terms } from '../llm/terms.ts'
import type { Allowance } from '../seams/allowance.ts'
import type { Edit, Governance } from '../seams/governance.ts'
import type { Identity, Principal } from '../seams/identity.ts'
import { namesOf } from './catalogue.ts'
import { mustGovern } from './edits.ts'

type Options = {
  readonly served: Served | null
  readonly terms: Terms
  readonly governance: Governance
  readonly allowance: Allowance
  readonly identity: Identity
  readonly now: () => number
}

export type AccessPages = {
  models(who: Principal): Promise<ModelsSeen>
  routes(who: Principal): Promise<RoutesPage>
  workspace(who: Principal): Promise<WorkspaceCard>
}

export function makeAccess({ served, terms, governance, allowance, identity, now }: Options): AccessPages {
  const named = namesOf(identity)
  const changed = (newest: Edit | null | undefined) =>
    newest ? { by: named(newest.by), at: newest.at, reason: newest.reason } : null
  const card = async ([alias, { tokens, missing, ...rules }]: readonly [string, Term]): Promise<RouteCard> => {
    const newest = await governance.route(alias)
    return { alias, rules, tokens, missing, version: newest?.version ?? 0, changed: changed(newest) }
  }
  return {
    async models(who) {
      if (!MAY[who.standing]['ask models']) throw refuse('not-found')
      const today = { person: who.id, day: dayOf(now()) }
      const left = await leftOf(allowance, today, terms.perDay)
      const seen = async ([alias, { label, open, tokens, perDay }]: readonly [string, Term]): Promise<ModelSeen> => {
        return { alias, label, open, tokens, left: await leftOfModel(allowance, today, left, { alias, perDay }) }
      }
      const askable = [...(await terms.all())].filter(([, { open, missing }]) => open !== 'nobody' && !missing)
      return { models: await Promise.all(askable.map(seen)), left, perDay: terms.perDay }
    },
    async routes(who) {
      mustGovern(who)
      const routes = await Promise.all([...(await terms.all())].map(card))
      if (served === null) return { endpoint: null, models: [], perDay: terms.perDay, routes }
      return { endpoint: new URL(served.url).host, models: [...offered(served.routes)], perDay: terms.perDay, routes }
    },
    async workspace(who) {
      mustGovern(who)
      const [newest] = await governance.workspaceHistory()
      return { ...(await governance.workspace()), changed: changed(newest) }
    },
  }
}
