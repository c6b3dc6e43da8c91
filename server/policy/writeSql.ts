// A write as the steps of one transaction, over the rows that were handed over: the data plane has them as the table `incoming`. For
// engines that take writes, whose tables were made there: their columns are of the types policies speak of.
import type { Step } from '../seams/dataPlane.ts'
import { type Dialect, quoted } from './dialect.ts'
import { Binding, conditionSql } from './sql.ts'
import type { Target } from './write.ts'

const INCOMING = 'incoming'

export function stepsOf(target: Target, dialect: Dialect): readonly Step[] {
  const insert = inserted(target)
  switch (target.mode) {
    case 'create':
      return [created(target, dialect)]
    case 'append':
      return [checked(target, dialect), insert]
    case 'replace':
      return [checked(target, dialect), deleted(target, dialect), insert]
  }
}

/** What is left of one that was made and never came into the catalogue goes: it is nobody's. */
function created({ table, columns }: Target, dialect: Dialect): Step {
  const shown = columns.map(({ name, type }) => `${dialect.cast(quoted(name), type)} AS ${quoted(name)}`)
  return {
    sql: `CREATE OR REPLACE TABLE ${quoted(table)} AS SELECT ${shown.join(', ')} FROM ${INCOMING}`,
    parameters: [],
    none: null,
  }
}

/** Counts the rows that would not be the writer's once they are stored; where a condition is not true they are not. */
function checked({ columns, rest, keep }: Target, dialect: Dialect): Step {
  const binding = new Binding(dialect)
  const types = Object.fromEntries([...columns, ...rest].map(({ name, type }) => [name, type]))
  const stored = [
    ...columns.map(({ name, type }) => `${dialect.cast(quoted(name), type)} AS ${quoted(name)}`),
    ...rest.map(({ name, type }) => `${dialect.cast('NULL', type)} AS ${quoted(name)}`),
  ]
  const condition = conditionSql(keep, binding)
  const came = dialect.source(`(SELECT ${stored.join(', ')} FROM ${INCOMING}) AS came`, types)
  return {
    sql: `SELECT count(*) FROM ${came} WHERE NOT coalesce(${condition}, FALSE)`,
    parameters: binding.parameters,
    none: 'outside',
  }
}

function deleted({ table, keep }: Target, dialect: Dialect): Step {
  const binding = new Binding(dialect)
  const condition = conditionSql(keep, binding)
  return { sql: `DELETE FROM ${quoted(table)} WHERE ${condition}`, parameters: binding.parameters, none: null }
}

function inserted({ table, columns }: Target): Step {
  const names = columns.map(({ name }) => quoted(name)).join(', ')
  return { sql: `INSERT INTO ${quoted(table)} (${names}) SELECT ${names} FROM ${INCOMING}`, parameters: [], none: null }
}
