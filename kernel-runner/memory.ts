// Without this V8 marks the whole heap anew for each few megabytes of socket buffers that pass through, which is more than
// half of the work when a kernel pours output (bench/mux.ts). With it buffers count towards the heap's own limit.
import { setFlagsFromString } from 'node:v8'

setFlagsFromString('--external-memory-accounted-in-global-limit')
