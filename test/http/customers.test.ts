import t, { type Test } from 'tap'
import type { Fact } from '../../events/catalogue.js'
import { personKeyOf } from '../../src/commands/person-key.js'
import { cardName } from '../../src/commands/settle-charge.js'
import { idOf } from '../support/books.js'
import { opened } from '../support/facts.js'
import { ADDRESS, sealedFor } from '../support/person.js'
import { begun, keeping } from './card.js'
import { startOn } from './live-world.js'
import { LEFT_OUT, vectorLines } from './vectors.js'
import { admin, bearer, createWorld } from './world.js'

const FORM = '/payment/billing_address/'
const PERSON = '/v1/accounts/alice/customer'
const full = { name: 'aaa', billing_address: 'bbb', country: 'ccc', city: 'ddd', postal: '123', region: 'aaaaaa' }
const least = { name: 'Alice', country: 'Singapore', postal: '222222' }
const OK = { status: 'OK', message: '', data: true }

/** alice has an account; `cut` is called when a command is done, before it is answered. */
const start = async (t: Test, facts: readonly Fact[] = [opened('alice')]) => {
  const hooks = { cut: (): void => undefined }
  const live = await startOn(t, facts, (execute) => async (...asked) => {
    const outcome = await execute(...asked)
    hooks.cut()
    return outcome
  })
  const alice = bearer('alice')
  return {
    ...live,
    hooks,
    post: (body: unknown, headers = {}) => live.send(['POST', FORM], alice, body, headers),
    form: (who = alice) => live.send(['GET', FORM], who),
    put: (who: string, body: unknown) => live.send(['PUT', PERSON], who, body),
    person: (who: string) => live.send(['GET', PERSON], who),
    erase: (who = admin(), headers = {}) => live.send(['POST', '/v1/accounts/alice/erase'], who, undefined, headers),
  }
}

t.test('a billing address is inserted, shown as it was sent, and replaced', async (t) => {
  const { post, form, log } = await start(t)
  t.strictSame((await form()).json(), { ...OK, data: null }, 'before there is any')
  const first = await post(full)
  t.strictSame([first.status, first.json()], [200, OK])
  const { data } = (await form()).json()
  const [, event] = await log()
  t.strictSame(data, {
    _id: event?.id.replaceAll('-', '').slice(0, 24),
    username: 'alice',
    createdAt: '1772366400',
    modifiedAt: '1772366400',
    ...full,
  })
  await post({ ...full, name: 'Alice' })
  t.strictSame((await form()).json().data, { ...data, name: 'Alice' })
})

t.test('what may be left out is blank then; what may not be blank is refused', async (t) => {
  const { post, form, types } = await start(t)
  await post(full)
  await post({ ...least, city: '' })
  t.match((await form()).json().data, { ...least, billing_address: '', city: '', region: '' })
  for (const field of ['name', 'country', 'postal']) {
    for (const value of ['', ' ', '\t\u3000\n']) {
      const { status, json } = await post({ ...least, [field]: value })
      t.equal(status, 400)
      t.match(json().message, RegExp(`^invalid_request: body/${field}: text was expected: .* not blanks alone, .*`))
    }
    t.equal((await post({ ...least, [field]: undefined })).status, 400)
  }
  for (const field of Object.keys(full)) {
    t.equal((await post({ ...full, [field]: '𝒜'.repeat(256) })).status, 200)
    t.equal((await post({ ...full, [field]: 'x'.repeat(257) })).status, 400)
    t.equal((await post({ ...full, [field]: 1 })).status, 400)
  }
  const widest = Object.fromEntries(Object.keys(full).map((field) => [field, '𝒜'.repeat(256)]))
  t.equal((await post({ ...widest, billing_address: 'Long Lane 1\nSmalltown' })).status, 200)
  t.match((await form()).json().data, { ...widest, billing_address: 'Long Lane 1\nSmalltown' })
  t.equal((await types()).length, 9)
})

t.test('who has no account has no address, and can give none', async (t) => {
  const { send, types } = await start(t)
  t.strictSame((await send(['GET', FORM], bearer('bob'))).json(), { ...OK, data: null })
  const { status, json } = await send(['POST', FORM], bearer('bob'), full)
  t.equal(status, 404)
  t.match(json(), { status: 'ERROR', message: /^account_not_found: / })
  t.strictSame(await types(), [])
})

t.test('the owner, who acts for him and an admin say where he lives; who reads all reads it', async (t) => {
  const { put, person, form, control } = await start(t)
  const shop = bearer('shop', { accounts: ['alice'] })
  t.match((await person(shop)).json(), { code: 'customer_not_found', status: 404 })
  for (const who of [bearer('bob'), bearer('eve', { roles: ['auditor'] }), bearer('fin', { roles: ['finance'] })]) {
    t.match((await put(who, least)).json(), { code: 'forbidden' })
  }
  t.equal(control.put.length, 0, 'others have no key drawn')
  for (const who of [bearer('alice'), shop, admin()]) {
    const { status, json } = await put(who, { ...least, billingAddress: 'Somewhere 1' })
    t.equal(status, 200)
    t.match(json(), {
      type: 'CustomerChanged',
      account: 'alice',
      ...least,
      billingAddress: 'Somewhere 1',
      taxCountry: 'SG',
    })
    t.notMatch(json(), { address: {} }, 'what is sealed says nothing')
  }
  const shown = {
    account: 'alice',
    name: 'Alice',
    billingAddress: 'Somewhere 1',
    country: 'Singapore',
    city: '',
    postal: '222222',
    region: '',
    taxCountry: 'SG',
    createdAt: '2026-03-01T12:00:00.000Z',
    modifiedAt: '2026-03-01T12:00:00.000Z',
    leaf: 3,
  }
  const auditor = bearer('eve', { roles: ['auditor'] })
  for (const who of [bearer('alice'), shop, admin(), auditor]) t.strictSame((await person(who)).json(), shown)
  t.match((await person(bearer('bob'))).json(), { code: 'forbidden' })
  t.match((await form()).json().data, { billing_address: 'Somewhere 1' }, 'one address, on every surface')
  const nowhere = await put(bearer('alice'), { ...least, country: 'Nowhere' })
  t.equal(nowhere.json().taxCountry, null, 'there is no tax, and it is said')
  t.equal((await person(auditor)).json().taxCountry, null)
})

t.test('an admin erases a person: nobody reads him again, and a new address is the first', async (t) => {
  const { post, put, form, person, erase, types, kept, log } = await start(t)
  await post(full)
  const before = (await form()).json().data
  t.match((await erase(bearer('alice'))).json(), { code: 'forbidden' })
  t.match((await form()).json().data, full)
  const { status, json } = await erase()
  const personKey = personKeyOf('alice', 0)
  t.equal(status, 200)
  t.match(json(), { type: 'PersonErased', leaf: 2, account: 'alice', personKey, erasure: 1 })
  t.equal(await kept.get(`person/${personKey}`), null)
  t.strictSame((await form()).json(), { ...OK, data: null })
  const gone = await person(admin())
  t.equal(gone.status, 410)
  t.match(gone.json(), { code: 'customer_erased', detail: /erased since 2026-03-01T12:00:00.000Z\.$/ })

  await put(admin(), least)
  const again = (await form()).json().data
  t.match(again, least)
  t.not(again._id, before._id)
  t.match((await log()).at(-1)?.data, { address: { personKey: personKeyOf('alice', 1) } })
  t.match((await erase()).json(), { erasure: 2 })
  t.strictSame((await form()).json(), { ...OK, data: null })
  t.strictSame(await types(), ['CustomerChanged', 'PersonErased', 'CustomerChanged', 'PersonErased'])
})

t.test(
  'erasing a person destroys the card that the account keeps, and asking again ends what was cut off',
  async (t) => {
    const card = idOf(0xca)
    const { erase, kept, hooks, control } = await start(t, [...begun(), keeping(card)])
    await kept.put(cardName(card), 'card_1')
    t.match((await erase(bearer('alice'))).json(), { code: 'forbidden' })
    t.equal(await kept.get(cardName(card)), 'card_1')
    hooks.cut = () => {
      control.away = true
    }
    t.equal((await erase()).json().code, 'secrets_unreachable')
    hooks.cut = () => undefined
    control.away = false
    t.equal(await kept.get(cardName(card)), 'card_1')
    t.equal((await erase()).status, 200)
    t.equal(await kept.get(cardName(card)), null)
  },
)

t.test('erasing a person destroys every card that the account has ever kept', async (t) => {
  const cards = [0xc1, 0xc2, 0xc3, 0xc4].map((n) => idOf(n))
  const { erase, kept } = await start(t, [...begun(), ...cards.map((card) => keeping(card))])
  for (const card of cards) await kept.put(cardName(card), `card_${card}`)
  t.equal((await erase()).status, 200)
  for (const card of cards) t.equal(await kept.get(cardName(card)), null)
})

t.test('a person of whom nothing is known may be erased; one without an account not', async (t) => {
  const { erase, send, person } = await start(t)
  t.match((await erase()).json(), { type: 'PersonErased', erasure: 1 })
  t.equal((await person(admin())).status, 410)
  const { json } = await send(['POST', '/v1/accounts/bob/erase'], admin())
  t.match(json(), { code: 'account_not_found' })
})

t.test('a repeated request gets the first reply, though it was sealed anew', async (t) => {
  const { post, erase, types } = await start(t)
  const key = { 'idempotency-key': 'k' }
  const first = await post(full, key)
  const replies = await Promise.all(Array.from({ length: 20 }, () => post(full, key)))
  for (const { status, text, headers } of replies)
    t.strictSame([status, text, headers['idempotent-replayed']], [200, first.text, 'true'])
  t.equal((await post({ ...full, city: 'x' }, key)).status, 422)
  const erased = await erase(admin(), key)
  t.strictSame([(await erase(admin(), key)).text], [erased.text])
  t.strictSame(await types(), ['CustomerChanged', 'PersonErased'])
})

t.test('many at once use one key', async (t) => {
  const { post, form, log } = await start(t)
  const many = await Promise.all(Array.from({ length: 30 }, (_, n) => post({ ...full, name: `n-${n}` })))
  t.ok(many.every(({ status }) => status === 200))
  t.match((await form()).json().data.name, /^n-\d+$/)
  const keys = (await log()).flatMap(({ type, data }) => (type === 'CustomerChanged' ? [data.address.personKey] : []))
  t.strictSame([...new Set(keys)], [personKeyOf('alice', 0)])
})

t.test('while the store of secrets is away nothing is decided or shown', async (t) => {
  const { post, form, person, erase, types, control } = await start(t)
  await post(full)
  control.away = true
  for (const { status, text } of [await post(full), await form(), await person(admin()), await erase()]) {
    t.equal(status, 503)
    t.match(text, /secrets_unreachable/)
  }
  t.strictSame(await types(), ['CustomerChanged'])
})

t.test('an erasure that was cut off counts all the same, and is ended by asking again', async (t) => {
  const { post, form, person, erase, control, kept, hooks } = await start(t)
  await post(full)
  hooks.cut = () => {
    control.away = true
  }
  const key = { 'idempotency-key': 'k' }
  t.equal((await erase(admin(), key)).json().code, 'secrets_unreachable')
  control.away = false
  const name = `person/${personKeyOf('alice', 0)}`
  t.ok(await kept.get(name), 'the key is there yet')
  t.strictSame((await form()).json(), { ...OK, data: null })
  t.equal((await person(admin())).status, 410)
  hooks.cut = () => undefined
  t.equal((await erase(admin(), key)).headers['idempotent-replayed'], 'true')
  t.equal(await kept.get(name), null)
})

t.test('a key that is lost is no fault of ours: the person reads as erased', async (t) => {
  const { post, form, person, kept } = await start(t)
  await post(full)
  await kept.destroy(`person/${personKeyOf('alice', 0)}`)
  t.strictSame((await form()).json(), { ...OK, data: null })
  t.match((await person(admin())).json(), { code: 'customer_erased', detail: /is erased\.$/ })
  t.equal((await post(full)).status, 200, 'and can be told again')
  t.match((await form()).json().data, full)
})

t.test('an address that is sealed while its person is erased is refused, and nothing of it is stored', async (t) => {
  const { post, erase, types, control } = await start(t)
  await post(full)
  control.read = async () => {
    control.read = async () => undefined
    await erase()
  }
  const { status, json } = await post({ ...full, name: 'late' })
  t.equal(status, 409)
  t.match(json(), { status: 'ERROR', message: /^person_erased: / })
  t.strictSame(await types(), ['CustomerChanged', 'PersonErased'])
})

t.test('a key or an address that is not what was stored is said to be unreadable', async (t) => {
  const { post, form, control } = await start(t)
  await post(full)
  control.unreadable = true
  const { status, json } = await form()
  t.equal(status, 503)
  t.match(json(), { status: 'ERROR', message: /^secret_unreadable: / })
  const moved = sealedFor('bob', 'billing-address', JSON.stringify(ADDRESS))
  const { app } = createWorld([
    opened('alice'),
    { type: 'CustomerChanged', data: { account: 'alice', address: { ...moved, personKey: personKeyOf('alice', 0) } } },
  ])
  const reply = await app.inject({ url: PERSON, headers: { authorization: admin() } })
  t.strictSame([reply.statusCode, reply.json().code], [503, 'secret_unreadable'])
})

t.test('published naughty strings come back as they were sent', async (t) => {
  const lines = vectorLines('hostile-input/naughty-strings.jsonl')
  if (lines === null) {
    t.pass(LEFT_OUT)
    return
  }
  const { post, form } = await start(t)
  let taken = 0
  for (const { string, n } of lines.map((line) => JSON.parse(line))) {
    const { status } = await post({ ...full, name: string, city: string })
    if (status === 400) continue
    const { name, city } = (await form()).json().data
    if (status !== 200 || name !== string || city !== string) t.fail(`${n}: ${status} ${name}`)
    taken += 1
  }
  t.ok(taken > 400, `${taken} strings`)
})
