import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { join } from 'node:path'
import type { Test } from 'tap'
import { folder } from './serving.js'

/** A folder whose data say that a server runs, while something else answers at its address. */
export const impostor = async (t: Test, answer: RequestListener): Promise<string> => {
  const cwd = folder(t)
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const address = server.address()
  mkdirSync(join(cwd, 'data'))
  const port = typeof address === 'object' ? address?.port : 0
  writeFileSync(join(cwd, 'data', 'server.json'), JSON.stringify({ address: `http://127.0.0.1:${port}` }))
  return cwd
}
