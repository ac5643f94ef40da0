import type { Example } from './examples.js'

/** What an item has besides its id, and a field that its id is in where it is published. */
const items: Readonly<Record<string, readonly [string, Readonly<Record<string, unknown>>]>> = {
  'regions/north': ['region', { description: '铸造一区' }],
  'plans/pro': [
    'plan',
    {
      name: 'Pro',
      type: 'C',
      level: 'S',
      price: '40.88',
      currency: 'EUR',
      billPeriod: 'M',
      region: 'north',
      description: 'd',
      quotas: { sms: '0', email: '100', notification: '1000', storage: '0.05' },
    },
  ],
  'promocodes/ten': [
    'promocode',
    {
      name: '10 discount',
      type: 'fixed',
      value: '10',
      currency: 'EUR',
      periods: 1,
      plans: ['pro'],
      grants: 5,
      expiresAt: '2027-01-01T00:00:00.000Z',
      remark: 'r',
    },
  ],
  'addons/more': ['addon', { name: 'More', price: '1.50', currency: 'EUR', quotas: { sms: '10' } }],
  'repos/maps': ['repo', { class: 'Class A', label: 'L', description: 'd', owner: 'o', imageUrl: 'i' }],
  'repos/maps/items/roads': [
    'item',
    { url: 'u', owner: 'o', attributes: [{ name: 'attr1', comment: 'c', example: 'a', order: 1 }] },
  ],
  'services/db': ['service', { class: 'c', provider: 'p', name: 'n', description: 'd', imageUrl: 'i' }],
}

/** A good request of each route of the catalogue. */
export const catalogued = (): Readonly<Record<string, Example>> =>
  Object.fromEntries(
    Object.entries(items).flatMap(([path, [word, body]]): [string, Example][] => {
      const [list, id] = [path.slice(0, path.lastIndexOf('/')), path.slice(path.lastIndexOf('/') + 1)]
      const route = `/v1/catalogue/${list.replace('maps', ':repo')}`
      const url = `/v1/catalogue/${path}`
      return [
        [`POST ${route}`, { url: `/v1/catalogue/${list}`, body: { [word]: id, ...body }, owner: null }],
        [`GET ${route}`, { url: `/v1/catalogue/${list}`, owner: null }],
        [`GET ${route}/:${word}`, { url, owner: null }],
        [`PUT ${route}/:${word}`, { url, body: { ...body, expectedVersion: 1 }, owner: null }],
        [`POST ${route}/:${word}/retire`, { url: `${url}/retire`, body: { expectedVersion: 1 }, owner: null }],
      ]
    }),
  )
