// What kernels write, with the tables in a PostgreSQL: the same tests.
import { useDialect } from './testing/plane.ts'

useDialect('postgres')
await import('./writes.test.ts')
