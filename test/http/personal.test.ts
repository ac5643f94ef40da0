import { randomBytes } from 'node:crypto'
import t from 'tap'
import { personKeyOf } from '../../src/commands/person-key.js'
import { cardName } from '../../src/commands/settle-charge.js'
import { destroyCards, destroyKeys, personalOf } from '../../src/http/personal.js'
import { createMemorySecretRecords } from '../../src/secrets/memory.js'
import { SecretsUnreachable } from '../../src/secrets/port.js'
import { createMemoryEventStore } from '../../src/store/memory.js'
import { idOf } from '../support/books.js'
import { STREAM } from '../support/charging.js'
import { paid } from '../support/device.js'
import { opened } from '../support/facts.js'
import { decode } from '../support/loop.js'
import { put } from '../support/on-sale.js'
import { A, storeOver, under } from '../support/secrets.js'

const nameOf = (erasures: number) => `person/${personKeyOf('ann', erasures)}`

/** A process that has heard of so many erasures of ann, over secrets that others use too. */
const processOn = (secrets: ReturnType<typeof storeOver>) => {
  const state = { erasures: 0 }
  const locateCustomer = () => ({ kind: 'customer' as const, account: 'ann', taxCountry: null, erasedAt: -1, ...state })
  const parts = { secrets, draw: randomBytes, commands: { locateCustomer } }
  return { state, parts, personal: () => personalOf(parts, 'ann') }
}

const fresh = () => storeOver(createMemorySecretRecords(), under(A))

t.test('a person has one key at a time, whoever asks and however often', async (t) => {
  const secrets = fresh()
  const [first, second] = [processOn(secrets), processOn(secrets)]
  const all = await Promise.all(
    Array.from({ length: 40 }, (_, n) => (n % 2 === 0 ? first : second).personal().seal('device-name', `G${n}`)),
  )
  t.strictSame([...new Set(all.map(({ personKey }) => personKey))], [personKeyOf('ann', 0)])
  for (const [n, sealed] of all.entries()) {
    t.equal(await (n % 2 === 0 ? second : first).personal().open('device-name', sealed), `G${n}`)
  }
  t.equal(new Set(all.map(({ sealed }) => sealed.slice(2, 18))).size, 40, 'each under a nonce of its own')
})

t.test('a key is fetched once in a request', async (t) => {
  const secrets = fresh()
  let reads = 0
  const get = async (name: string) => {
    reads += 1
    return secrets.get(name)
  }
  const { personal } = processOn({ ...secrets, get })
  const sealed = await personal().seal('device-name', 'G1')
  reads = 0
  const one = personal()
  t.strictSame(await Promise.all([1, 2, 3].map(() => one.open('device-name', sealed))), ['G1', 'G1', 'G1'])
  t.equal(reads, 1)
})

t.test('who has not heard of an erasure seals under the next key all the same', async (t) => {
  const secrets = fresh()
  const [knows, late] = [processOn(secrets), processOn(secrets)]
  const before = await late.personal().seal('device-name', 'G1')
  knows.state.erasures = 2
  await secrets.put(nameOf(1), 'x')
  await destroyKeys(knows.parts, 'ann')
  const after = await late.personal().seal('device-name', 'G2')
  t.match(after, { personKey: personKeyOf('ann', 2), erasures: 2 })
  t.equal(await late.personal().open('device-name', before), null)
  t.equal(await knows.personal().open('device-name', after), 'G2')
})

t.test('an erasure counts from its event on, before the key is destroyed', async (t) => {
  const secrets = fresh()
  const { state, parts, personal } = processOn(secrets)
  const sealed = await personal().seal('device-name', 'G1')
  state.erasures = 1
  t.equal(await personal().open('device-name', sealed), null)
  t.ok(await secrets.get(nameOf(0)))
  await destroyKeys(parts, 'ann')
  await destroyKeys(parts, 'ann')
  t.equal(await secrets.get(nameOf(0)), null)
})

t.test('what is not what was sealed is said to be unreadable, and whose it is', async (t) => {
  const { personal } = processOn(fresh())
  const sealed = await personal().seal('device-name', 'G1')
  await t.rejects(personal().open('billing-address', sealed), { code: 'secret_unreadable', message: /account ann/ })
})

t.test('while the store of secrets is away nothing is sealed', async (t) => {
  const secrets = fresh()
  const away = async () => {
    throw new SecretsUnreachable('nobody answers')
  }
  await t.rejects(
    processOn({ ...secrets, get: away })
      .personal()
      .seal('x', 'y'),
    { code: 'secrets_unreachable' },
  )
  await t.rejects(
    processOn({ ...secrets, put: away })
      .personal()
      .seal('x', 'y'),
    { code: 'secrets_unreachable' },
  )
})

t.test(
  'the card of a checkout that began after an erasure stays, however often that erasure is asked for',
  async (t) => {
    const [log, secrets] = [createMemoryEventStore(), fresh()]
    await put(log, STREAM, [opened('ann'), paid(1, { card: idOf(8) }), paid(5, { card: idOf(9) })])
    for (const n of [8, 9]) await secrets.put(cardName(idOf(n)), `card ${n}`)
    for (const _ of [1, 2]) await destroyCards({ log, decode, secrets }, 'ann', 4)
    t.same([await secrets.get(cardName(idOf(8))), await secrets.get(cardName(idOf(9)))], [null, 'card 9'])
  },
)
