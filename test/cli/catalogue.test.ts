import { writeFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { impostor } from '../support/impostor.js'
import { folder, run, serve } from '../support/serving.js'

const plan = { plan: 'pro', name: 'Pro', type: 'C', price: '30', billPeriod: 'M', region: 'north' }
const shop = {
  regions: [{ region: 'north', description: '铸造一区' }],
  plans: [plan],
  promocodes: [{ promocode: 'ten', name: '10 discount', type: 'percent', value: '10', periods: 1, plans: ['pro'] }],
  addons: [{ addon: 'more', name: 'More', price: '1.5', quotas: { sms: '10' } }],
  repos: [
    {
      repo: 'maps',
      class: 'c',
      label: 'l',
      items: [{ item: 'roads', url: 'u', attributes: [{ name: 'a', order: 1 }] }],
    },
    { repo: 'empty', class: 'c', label: 'l' },
  ],
  services: [{ service: 'db', class: 'c', provider: 'p', name: 'n' }],
}

/** Loads a file that holds this. */
const loading = (cwd: string) => {
  let files = 0
  return (content: unknown, ...options: readonly string[]) => {
    files += 1
    const file = `file-${files}.json`
    writeFileSync(join(cwd, file), typeof content === 'string' ? content : JSON.stringify(content))
    return run('cli', cwd, ['catalogue', 'load', file, ...options])
  }
}

t.test('a file is loaded, told apart from what is there, and loaded again', async (t) => {
  const cwd = folder(t)
  const { ask } = await serve(t, join(cwd, 'data'))
  const load = loading(cwd)
  const names = ['region north', 'plan pro', 'promocode ten', 'addon more', 'repo maps', 'repo empty']
  const all = [...names, 'repo-item maps/roads', 'service db']
  const lines = (what: string) => all.map((name) => `${what.padEnd(10)}${name}\n`).join('')
  const count = (counts: string) => {
    const [made = 0, again = 0, changed = 0, retired = 0, same = 0] = counts.split(' ')
    return `${made} new, ${again} published again, ${changed} changed, ${retired} retired, ${same} the same.`
  }

  await t.test('a dry run only tells', async (t) => {
    const dry = await load(shop, '--dry-run').ended
    t.same(dry, { code: 0, out: `${lines('new')}${count('8 0 0 0 0')} Nothing was written.\n`, err: '' })
    t.equal((await ask('GET', '/v1/catalogue/plans')).text, '{"plans":[],"next":null}')
  })

  await t.test('all is new', async (t) => {
    const first = await load(shop).ended
    t.same([first.code, first.out], [0, `${lines('new')}${count('8 0 0 0 0')}\n`])
    t.match(first.err, /^wrote 8 changes \[#{30}\]\n$/)
    t.match((await ask('GET', '/v1/catalogue/plans/pro')).text, '"price":"30.00"')
    t.match((await ask('GET', '/v1/catalogue/repos/maps/items/roads')).text, '"attributes":[{"comment":""')
  })

  await t.test('the same again is nothing', async (t) => {
    t.same(await load(shop).ended, { code: 0, out: `${lines('same')}${count('0 0 0 0 8')}\n`, err: '' })
    t.match((await ask('GET', '/v1/catalogue/plans/pro')).text, '"itemVersion":1')
  })

  await t.test('what changes is shown field by field', async (t) => {
    const { region: _, ...everywhere } = { ...plan, price: '35', level: 'S'.repeat(120) }
    const { code, out } = await load({ ...shop, plans: [everywhere] }).ended
    t.equal(code, 0)
    const long = `"${'S'.repeat(99)}…`
    t.match(
      out,
      `changed   plan pro\n            price: "30.00" → "35.00"\n            region: "north" → nothing\n            level: nothing → ${long}\n`,
    )
    t.match(out, count('0 0 1 0 7'))
    t.match((await ask('GET', '/v1/catalogue/plans/pro')).text, '"itemVersion":2')
    const item = { item: 'roads', url: 'new' }
    const changed = await load({ repos: [{ repo: 'maps', class: 'c', label: 'l', items: [item] }] }).ended
    t.match(changed.out, 'changed   repo-item maps/roads\n')
    t.match((await ask('GET', '/v1/catalogue/repos/maps/items/roads')).text, '"url":"new"')
  })

  await t.test('what the file does not hold stays, or is retired where that is wanted', async (t) => {
    const few = { plans: [], repos: [{ repo: 'empty', class: 'c', label: 'l' }] }
    const left = await load(few).ended
    const stays = ' 3 that the file does not hold stay; --retire retires them.\n'
    t.equal(
      left.out,
      `same      repo empty\nleft      repo-item maps/roads\nleft      repo maps\nleft      plan pro\n${count('0 0 0 0 1')}${stays}`,
    )
    const retired = await load(few, '--retire').ended
    t.equal(
      retired.out,
      `same      repo empty\nretired   repo-item maps/roads\nretired   repo maps\nretired   plan pro\n${count('0 0 0 3 1')}\n`,
    )
    t.match((await ask('GET', '/v1/catalogue/plans/pro')).text, '"retired":true')
    t.match((await ask('GET', '/v1/catalogue/regions/north')).text, '"retired":false', 'the file has no list of them')
    t.match((await load(few, '--retire').ended).out, `same      repo empty\n${count('0 0 0 0 1')}\n`)
  })

  await t.test('what was retired is published again', async (t) => {
    const { out } = await load(shop).ended
    t.match(out, 'again     plan pro\n')
    t.match(out, 'again     repo maps\n')
    t.match(out, 'again     repo-item maps/roads\n')
    t.match(out, count('0 3 0 0 5'))
    t.match((await ask('GET', '/v1/catalogue/plans/pro')).text, '"itemVersion":3')
  })

  await t.test('a file that the ledger would refuse writes nothing at all', async (t) => {
    const other = { plan: 'other', name: 'n', type: 't', price: '1', billPeriod: 'M' }
    const wrong: readonly (readonly [unknown, RegExp])[] = [
      ['{\n  "plans": [\n    { "plan": "a", }\n', /^file-\d+\.json, line 3: a name was expected \(character \d+\)$/],
      [[], /^file-\d+\.json: must be object$/],
      [{ prices: [] }, /^file-\d+\.json: a field that is not known here: prices$/],
      [{ plans: [other, { plan: 'b' }] }, /^file-\d+\.json\/plans\/1: must have required property 'name'$/],
      [
        { plans: [{ ...other, price: 1.5 }] },
        /^file-\d+\.json\/plans\/0\/price: a string with a decimal was expected, such as "12\.50"$/,
      ],
      [
        { plans: [{ ...other, plan: 'a b' }] },
        /^file-\d+\.json\/plans\/0\/plan: a name or an id was expected: letters /,
      ],
      [{ repos: [{ repo: 'r', class: 'c', label: 'l', items: [{}] }] }, /\/repos\/0\/items\/0: must have required/],
      [
        { plans: [other, { ...other, price: '1.005' }] },
        /^plans\/1: A price in CNY has 2 decimals at most; .* \(too_many_decimals\)$/,
      ],
      [
        { plans: [{ ...other, region: 'south' }] },
        /^plans\/0: There is no region south in the catalogue now\. \(item_reference_unknown\)$/,
      ],
      [{ plans: [other, { ...other, price: '1.00' }] }, /^plans\/1: the plan\/other is there twice$/],
      [
        { promocodes: [{ ...shop.promocodes[0], value: '101' }] },
        /^promocodes\/0: A percentage is at most 100.*\(invalid_promocode\)$/,
      ],
    ]
    for (const [content, sentence] of wrong) {
      const { code, out, err } = await load(content).ended
      t.same([code, out], [1, ''])
      t.match(err.trimEnd().replace(/^catalogue_file_invalid: /, ''), sentence)
      t.match(err, /^catalogue_file_invalid: /)
    }
    const none = await run('cli', cwd, ['catalogue', 'load', 'none.json']).ended
    t.match(none, { code: 1, err: /^catalogue_file_invalid: the file cannot be read: ENOENT/ })
    t.equal((await ask('GET', '/v1/catalogue/plans/other')).status, 404)
  })
})

t.test('a load that is cut off goes on when it is run again, and makes nothing twice', async (t) => {
  const cwd = folder(t)
  const data = join(cwd, 'data')
  const many = Array.from({ length: 1_200 }, (_, n) => ({ region: `r${n}`, description: `${n}` }))
  const load = loading(cwd)
  const first = await serve(t, data)
  const cut = load({ regions: many })
  while ((await first.ask('GET', '/v1/catalogue/regions/r40')).status !== 200) await wait(5)
  await first.kill()
  const { code, out, err } = await cut.ended
  t.equal(code, 1)
  const done = Number(/\n(\d+) of 1200 changes are made; the same command makes the rest\n/.exec(err)?.[1])
  t.ok(done >= 40 && done < 1_200, `${done} were made`)
  t.match(err, /\nserver_not_running: nobody answers at .*; start the server: the running one publishes\n$/)
  t.notMatch(out, 'the same.')

  const { ask } = await serve(t, data)
  const rest = await load({ regions: many }).ended
  const [, made, same] =
    /\n(\d+) new, 0 published again, 0 changed, 0 retired, (\d+) the same\.\n$/.exec(rest.out) ?? []
  t.equal(Number(made) + Number(same), 1_200)
  t.ok(Number(same) === done || Number(same) === done + 1, `${same} were there`)
  t.match((await load({ regions: many }).ended).out, /\n0 new, .* 1200 the same\.\n$/)
  t.match((await ask('GET', '/v1/catalogue/regions/r1199')).text, '"itemVersion":1')
  t.match((await ask('GET', '/ready')).text, '"ready":true')
})

t.test('two loads at once end with one catalogue', async (t) => {
  const cwd = folder(t)
  const { ask } = await serve(t, join(cwd, 'data'))
  const load = loading(cwd)
  const ended = await Promise.all([load(shop).ended, load(shop).ended])
  for (const { code } of ended) t.equal(code, 0)
  t.match((await ask('GET', '/v1/catalogue/plans/pro')).text, '"itemVersion":1')
  t.match((await load(shop).ended).out, /8 the same\.\n$/)
})

/** A load that something else answers. */
const against = async (t: Test, answer: RequestListener) => {
  const cwd = await impostor(t, answer)
  return loading(cwd)({ regions: [{ region: 'north', description: 'new' }] }).ended
}

const north = { region: 'north', itemVersion: 4, description: 'old', retired: false, leaf: 3 }

t.test('what somebody else has changed meanwhile is not changed back', async (t) => {
  const asked: string[] = []
  const ended = await against(t, (request, reply) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      asked.push(`${request.method} ${request.url} ${body}`)
      const list = /catalogue\/([a-z]+)/.exec(request.url ?? '')?.[1] ?? ''
      if (request.method === 'GET') reply.end(JSON.stringify({ [list]: list === 'regions' ? [north] : [], next: null }))
      else reply.writeHead(409).end('{"code":"item_changed","detail":"The region north is at version 5, not 4."}')
    })
  })
  t.equal(ended.code, 1)
  t.match(ended.err, /^0 of 1 changes are made; the same command makes the rest\n/)
  t.match(ended.err, /\nitem_changed: The region north is at version 5, not 4\.\n$/)
  t.equal(asked.at(-1), 'PUT /v1/catalogue/regions/north {"description":"new","expectedVersion":4}')
})

t.test('a server that shows what it would refuse is not believed', async (t) => {
  const plans = [{ ...plan, itemVersion: 1, price: '-1', currency: 'CNY', retired: false, leaf: 1 }]
  const ended = await against(t, (request, reply) => {
    const list = /catalogue\/([a-z]+)/.exec(request.url ?? '')?.[1] ?? ''
    reply.end(JSON.stringify({ [list]: list === 'plans' ? plans : [], next: null }))
  })
  t.match(ended, { code: 1, err: /TypeError: the server shows a plan that it would refuse/ })
})

t.test('a wrong command line, and no server', async (t) => {
  const cwd = folder(t)
  const usage = 'usage: say what to load: counterfoil catalogue load catalogue.json\n'
  for (const args of [[], ['load'], ['show', 'x.json'], ['load', 'x.json', 'y.json']]) {
    t.same(await run('cli', cwd, ['catalogue', ...args]).ended, { code: 2, out: '', err: usage })
  }
  t.match(await run('cli', cwd, ['catalogue', 'load', 'x.json', '--force']).ended, {
    code: 2,
    err: /^usage: Unknown option '--force'/,
  })
  t.match(await loading(cwd)(shop).ended, { code: 1, err: /^server_not_running: no server runs with the data folder/ })
})
