// A write as the steps of one transaction, over the rows that were handed over: the data plane has them as the table INCOMING, of the
// types policies speak of. A table that is made is the data plane's own doing, without a step.
import type { Step } from '../seams/dataPlane.ts'
import { type Dialect, quoted } from './dialect.ts'
import { Binding, conditionSql } from './sql.ts'
import type { Target } from './write.ts'

const INCOMING = 'scrydon_incoming' // python/dataplane/engine.py

export function stepsOf(target: Target, dialect: Dialect): readonly Step[] {
  const stores = dialect.returns ? [storedChecked(target, dialect)] : [checked(target, dialect), plain(inserted(target, dialect))]
  switch (target.mode) {
    case 'create':
      return []
    case 'append':
      return stores
    case 'replace':
      return [deleted(target, dialect), left(target, dialect), ...stores]
  }
}

const plain = (sql: string): Step => ({ sql, parameters: [], none: null })
const typesOf = ({ columns, rest }: Target) => Object.fromEntries([...columns, ...rest].map(({ name, type }) => [name, type]))

/** The columns of a row that comes, as the table has them. */
function coming({ columns, rest }: Target, dialect: Dialect): string {
  const stored = [
    ...columns.map(({ name, type }) => `${dialect.cast(quoted(name), type)} AS ${quoted(name)}`),
    ...rest.map(({ name, type }) => `${dialect.cast('NULL', type)} AS ${quoted(name)}`),
  ]
  return `SELECT ${stored.join(', ')} FROM ${INCOMING}`
}

/** Counts the rows that are not the writer's, of `from`; where a condition is not true they are not. */
function outside(from: string, target: Target, dialect: Dialect): Step {
  const binding = new Binding(dialect)
  const condition = conditionSql(target.keep, binding)
  const sql = `SELECT count(*) FROM ${dialect.source(from, typesOf(target))} WHERE NOT coalesce(${condition}, FALSE)`
  return { sql, parameters: binding.parameters, none: 'outside' }
}

const checked = (target: Target, dialect: Dialect): Step => outside(`(${coming(target, dialect)}) AS came`, target, dialect)

function deleted(target: Target, dialect: Dialect): Step {
  const binding = new Binding(dialect)
  const condition = dialect.holds(conditionSql(target.keep, binding), typesOf(target))
  return { sql: `DELETE FROM ${quoted(target.table)} WHERE ${condition}`, parameters: binding.parameters, none: null }
}

/** What was to go and is still seen: the engine itself keeps it. */
function left(target: Target, dialect: Dialect): Step {
  const binding = new Binding(dialect)
  const condition = conditionSql(target.keep, binding)
  const sql = `SELECT count(*) FROM ${dialect.source(quoted(target.table), typesOf(target))} WHERE ${condition}`
  return { sql, parameters: binding.parameters, none: 'read-only' }
}

function inserted(target: Target, dialect: Dialect): string {
  const names = [...target.columns, ...target.rest].map(({ name }) => quoted(name)).join(', ')
  return `INSERT INTO ${quoted(target.table)} (${names}) ${coming(target, dialect)}`
}

/** As they are stored: narrower types and triggers of the table may have changed them. */
function storedChecked(target: Target, dialect: Dialect): Step {
  const step = outside('came', target, dialect)
  const names = Object.keys(typesOf(target)).map(quoted).join(', ')
  return { ...step, sql: `WITH came AS (${inserted(target, dialect)} RETURNING ${names}) ${step.sql}` }
}
