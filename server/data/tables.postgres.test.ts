// What kernels ask and how the data plane answers, with the tables in a PostgreSQL: the same tests.
import { useDialect } from './testing/plane.ts'

useDialect('postgres')
await import('./tables.test.ts')
await import('./plane.test.ts')
