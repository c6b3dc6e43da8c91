// The proof before serving, and the size of an answer before it is sent, with the tables in a PostgreSQL: the same tests.
import { useDialect } from './testing/plane.ts'

useDialect('postgres')
await import('./canary.test.ts')
await import('./narrow.test.ts')
