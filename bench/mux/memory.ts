// Every process here, the proxies too, treats buffers as gateway and runner do: without it V8 marks the whole heap for each
// 16 MB of buffers that pass through, which is more than half of the work at 1 MB a message.
import { setFlagsFromString } from 'node:v8'

setFlagsFromString('--external-memory-accounted-in-global-limit')
