/**
 * The double in a process of its own: `--port P --data DIR --control C` (0: a free port), `--version 22.10` or 24.2.
 * Prints `listening PORT CONTROL` when it takes calls, and stops on SIGTERM.
 */
import type { AddressInfo } from 'node:net'
import { parseArgs } from 'node:util'
import { controlServer } from './control.js'
import { startDouble } from './double.js'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '2113' },
    control: { type: 'string', default: '0' },
    data: { type: 'string' },
    version: { type: 'string', default: '24.2' },
  },
})
if (values.data === undefined) throw new Error('Say where the log lies: --data DIR')
const double = await startDouble({
  directory: values.data,
  port: Number(values.port),
  version: values.version === '22.10' ? '22.10' : '24.2',
})
const control = controlServer(double)
control.listen(Number(values.control), '127.0.0.1', () => {
  process.stdout.write(`listening ${double.port} ${(control.address() as AddressInfo).port}\n`)
})
process.once('SIGTERM', async () => {
  await double.stop()
  process.exit()
})
process.once('disconnect', () => process.exit())
