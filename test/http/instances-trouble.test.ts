import t from 'tap'
import { Unavailable } from '../../src/commands/port.js'
import { INSTANCE, start } from './instances-world.js'
import { bearer, CREDENTIALS } from './world.js'

t.test('what a refused or a repeated request has brought is destroyed again', async (t) => {
  const { ask, provision, fetch, types, control, alive } = await start(t)
  t.equal((await provision({ service: 'no' })).json().code, 'item_not_found')
  t.equal((await provision({ owner: 'nobody' })).json().code, 'account_not_found')
  t.strictSame([control.put.length, await alive()], [2, 0])
  const key = { 'idempotency-key': 'k' }
  const first = await provision({}, key)
  const again = await provision({}, key)
  t.strictSame([again.status, again.text], [201, first.text])
  t.equal(again.headers['idempotent-replayed'], 'true')
  t.equal((await provision({ credentials: { ...CREDENTIALS, password: 'other' } }, key)).status, 422)
  t.equal((await provision()).json().code, 'instance_exists')
  t.strictSame([control.put.length, await alive()], [6, 1])
  t.strictSame((await fetch(bearer('alice'))).json(), CREDENTIALS)
  t.equal((await ask(bearer('bob'), '/v1/instances', { ...INSTANCE, instance: 'i-2' })).json().code, 'forbidden')
  t.equal(control.put.length, 6, 'who is no admin puts nothing')
  t.strictSame(await types(), ['InstanceProvisioned', 'InstanceCredentialsFetched'])
})

t.test('a refusal stands although what was brought cannot be destroyed', async (t) => {
  let cut = (): void => undefined
  const { provision, control, alive } = await start(t, (execute) => async (...asked) => {
    cut()
    return execute(...asked)
  })
  cut = () => {
    control.away = true
  }
  t.equal((await provision({ service: 'no' })).json().code, 'item_not_found')
  t.equal(await alive(), 1, 'nobody knows of it')
})

t.test(
  'when it is not known whether the event was stored, the credentials stay, and the same key finds them',
  async (t) => {
    const late = new Unavailable('outcome_unknown', 'no answer in time')
    for (const stored of [true, false]) {
      let unknown = true
      const { provision, fetch, types, alive } = await start(t, (execute) => async (...asked) => {
        if (unknown && !stored) throw late
        const outcome = await execute(...asked)
        if (unknown) throw late
        return outcome
      })
      const key = { 'idempotency-key': 'k' }
      t.equal((await provision({}, key)).json().code, 'outcome_unknown')
      t.equal(await alive(), 1)
      unknown = false
      const again = await provision({}, key)
      t.strictSame([again.status, again.headers['idempotent-replayed']], [201, stored ? 'true' : undefined])
      t.strictSame((await fetch(bearer('alice'))).json(), CREDENTIALS)
      t.equal(await alive(), stored ? 1 : 2)
      t.strictSame(await types(), ['InstanceProvisioned', 'InstanceCredentialsFetched'])
    }
  },
)

t.test('while the store of secrets is away nothing is decided', async (t) => {
  const { ask, provision, fetch, end, types, control } = await start(t)
  await provision()
  control.away = true
  for (const { status, json, headers } of [
    await provision({ instance: 'i-2' }),
    await fetch(bearer('alice')),
    await fetch(bearer('bob')),
    await ask(bearer('bob'), '/integration/v1/instance/i-2'),
    await end(),
  ]) {
    t.strictSame([status, json().code, headers['retry-after']], [503, 'secrets_unreachable', '1'])
  }
  t.strictSame(await types(), ['InstanceProvisioned'])
})

t.test('credentials that outlived their instance are destroyed by asking again, with the key or without', async (t) => {
  for (const headers of [{ 'idempotency-key': 'k' }, undefined]) {
    let cut = (): void => undefined
    const { ask, provision, fetch, end, control, alive } = await start(t, (execute) => async (...asked) => {
      const outcome = await execute(...asked)
      cut()
      return outcome
    })
    await provision()
    cut = () => {
      control.away = true
    }
    t.equal((await end(headers)).json().code, 'secrets_unreachable')
    cut = () => undefined
    control.away = false
    t.equal(await alive(), 1)
    t.equal((await fetch(bearer('alice'))).json().code, 'instance_not_found')
    t.equal((await ask(bearer('alice'), '/v1/instances/i-1/deprovision', {})).json().code, 'forbidden')
    t.equal(await alive(), 1, 'an admin has to ask')
    const again = await end(headers)
    if (headers === undefined) t.equal(again.json().code, 'instance_gone')
    else t.strictSame([again.status, again.headers['idempotent-replayed']], [200, 'true'])
    t.equal(await alive(), 0)
  }
})

t.test('credentials that are lost are not said to be shown, and the instance is named', async (t) => {
  const { provision, fetch, end, types, control, kept } = await start(t)
  await provision()
  const [name = ''] = control.put
  await kept.destroy(name)
  const { status, json, headers } = await fetch(bearer('alice'))
  t.strictSame([status, headers['retry-after']], [503, '1'])
  t.match(json(), {
    code: 'secret_unreadable',
    message: 'The credentials of the instance i-1 are not in the store of secrets.',
  })
  t.equal((await fetch(bearer('bob'))).json().code, 'instance_not_found')
  t.equal((await end()).status, 200)
  t.strictSame(await types(), ['InstanceProvisioned', 'InstanceDeprovisioned'])
})

t.test('a fetch that is repeated under one key is shown again and recorded once', async (t) => {
  const { provision, fetch, types } = await start(t)
  await provision()
  for (const replayed of [undefined, 'true']) {
    const { json, headers } = await fetch(bearer('alice'), { 'idempotency-key': 'k' })
    t.strictSame([json(), headers['idempotent-replayed']], [CREDENTIALS, replayed])
  }
  t.strictSame(await types(), ['InstanceProvisioned', 'InstanceCredentialsFetched'])
})

t.test('credentials that cannot be read are not said to be shown, and can be ended', async (t) => {
  const { provision, fetch, end, types, control, alive } = await start(t)
  await provision()
  control.unreadable = true
  t.match((await fetch(bearer('alice'))).json(), { code: 'secret_unreadable' })
  t.equal((await fetch(bearer('bob'))).json().code, 'instance_not_found')
  t.equal((await end()).status, 200)
  t.strictSame(await types(), ['InstanceProvisioned', 'InstanceDeprovisioned'])
  t.equal(await alive(), 0)
})

t.test('credentials are not destroyed before the event that ends their instance', async (t) => {
  let fails = false
  const { provision, fetch, end, alive } = await start(t, (execute) => async (...asked) => {
    if (fails) throw new Unavailable('outcome_unknown', 'no answer in time')
    return execute(...asked)
  })
  await provision()
  fails = true
  t.equal((await end()).json().code, 'outcome_unknown')
  t.equal(await alive(), 1)
  fails = false
  t.strictSame((await fetch(bearer('alice'))).json(), CREDENTIALS)
})

t.test('of many who provision one id at once one wins, and its credentials are the ones that stay', async (t) => {
  for (const headers of [undefined, { 'idempotency-key': 'k' }]) {
    const { provision, fetch, types, control, alive } = await start(t)
    const many = Array.from({ length: 50 }, (_, n) =>
      provision(headers === undefined ? { credentials: { ...CREDENTIALS, password: `p-${n}` } } : {}, headers),
    )
    const replies = await Promise.all(many)
    const won = replies.flatMap(({ status }, n) => (status === 201 ? [n] : []))
    t.equal(won.length, headers === undefined ? 1 : 50)
    const codes = new Set(replies.map(({ json }) => json().code ?? json().type))
    t.strictSame(
      [...codes].sort(),
      headers === undefined ? ['InstanceProvisioned', 'instance_exists'] : ['InstanceProvisioned'],
    )
    t.strictSame([control.put.length, await alive()], [50, 1])
    t.strictSame(await types(), ['InstanceProvisioned'])
    const { password } = (await fetch(bearer('alice'))).json()
    t.equal(password, headers === undefined ? `p-${won[0]}` : CREDENTIALS.password)
  }
})

t.test('credentials that were read while their instance ended are not shown any more', async (t) => {
  const { provision, fetch, end, types, control } = await start(t)
  await provision()
  let reads = 0
  control.read = async () => {
    reads += 1
    if (reads === 2) await end()
  }
  t.equal((await fetch(bearer('alice'))).json().code, 'instance_not_found')
  t.strictSame(await types(), ['InstanceProvisioned', 'InstanceCredentialsFetched', 'InstanceDeprovisioned'])
})

t.test('who fetches while an instance ends is shown its credentials, or told that there is none', async (t) => {
  const { provision, fetch, end, log, alive } = await start(t)
  await provision()
  const before = Array.from({ length: 10 }, () => fetch(bearer('alice')))
  const ended = end()
  const after = Array.from({ length: 10 }, () => fetch(bearer('alice')))
  for (const { status, json } of await Promise.all([...before, ...after])) {
    if (status === 200) t.strictSame(json(), CREDENTIALS)
    else t.strictSame([status, json().code], [404, 'instance_not_found'])
  }
  t.equal((await ended).status, 200)
  t.equal((await log()).at(-1)?.type, 'InstanceDeprovisioned', 'nobody is said to have been shown them later')
  t.equal(await alive(), 0)
})
