/** A process of its own for tests: puts secrets into the file named on the command line, and prints each that was acknowledged. */
import { openSqliteSecrets } from '../../src/secrets/sqlite.js'
import { A, storeOver, under } from '../support/secrets.js'

const [, , path = '', length = '20'] = process.argv
const store = storeOver(await openSqliteSecrets({ path }), under(A))
process.stdout.write('open\n')
let failed = ''
for (let count = 0; ; count += 1) {
  const name = `instance/${process.pid}-${count}`
  try {
    await store.put(name, name.padEnd(Number(length)))
  } catch (error) {
    const said = String(error)
    process.stdout.write(`${said}\n`)
    if (failed === said) break
    failed = said
    continue
  }
  if (count % 5 === 4) await store.destroy(name)
  process.stdout.write(count % 5 === 4 ? `gone ${name}\n` : `${name}\n`)
}
