// A whole runner on fake kernels as a process of its own, for the gateway's tests: `node fake.ts SOCKET`, says `listening`.
import pino from 'pino'
import { systemClock } from '../clock.ts'
import '../memory.ts'
import { startRunner } from '../runner.ts'
import { FakeProvider } from './fakeProvider.ts'

const PLENTY = 64 * 1024 ** 3
const socket = process.argv[2]
if (socket === undefined) throw new Error('usage: fake.ts SOCKET')
const host = () => ({ available: PLENTY, shared: false })
const runner = await startRunner({
  provider: new FakeProvider(3),
  socket,
  log: pino({ level: 'silent' }),
  clock: systemClock,
  host,
})
process.stdout.write('listening\n')
process.on('SIGTERM', () => void runner.stop().then(() => process.exit(0)))
