import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { catalogue, upcasts } from '../../events/catalogue.js'
import { createDecoder } from '../../src/store/decode.js'
import { encode } from '../../src/store/encode.js'
import { root } from '../support/root.js'

const folder = join(root, 'test/events/golden')
const decode = createDecoder(catalogue, upcasts)

for (const file of readdirSync(folder)) {
  t.test(
    `${file} decodes, and encodes again to the same id and the same bytes if it is the newest version`,
    async (t) => {
      const golden = JSON.parse(readFileSync(join(folder, file), 'utf8'))
      const stored = {
        ...golden,
        data: JSON.stringify(golden.data),
        metadata: JSON.stringify(golden.metadata),
        position: 1,
      }
      const event = decode(stored)
      const older = upcasts.some(({ from }) => from === golden.type)
      t.equal(event.type, golden.type.slice(0, -'.v1'.length))
      if (older)
        return t.strictSame(JSON.parse(JSON.stringify(event.data)), golden.data, 'what it says stands as it is')
      const again = encode(event, golden.stream, golden.revision - 1, golden.metadata)
      t.strictSame(JSON.parse(again.data), golden.data)
      t.equal(again.id, golden.id)
    },
  )
}
