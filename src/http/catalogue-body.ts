import { currency, instant } from '../../events/parts.js'
import type { ItemKind } from '../ledger/document.js'
import type { WrittenItem } from '../ledger/item.js'
import { Fields } from './fields.js'
import { decimalText, named, oneLine, type Schema, someLines, text, whole } from './schema.js'

/** Of several sentences, for whoever chooses. Blank is left out. */
const prose = someLines(4096)
/** Of one line: an address in the web, or who it belongs to. */
const long = oneLine(4096)

const quotas = {
  type: 'object',
  additionalProperties: false,
  properties: { sms: decimalText, email: decimalText, notification: decimalText, storage: decimalText },
} as const

const attribute = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'order'],
  properties: { name: text, comment: prose, example: prose, order: whole(0, 1_000_000) },
} as const

interface Shape {
  readonly required: Schema['properties']
  readonly optional: Schema['properties']
}

/** The fields of an item besides its id, as a request or a file has them; they are those of the event. */
export const itemShapes: Readonly<Record<ItemKind, Shape>> = {
  plan: {
    required: { name: text, type: text, price: decimalText, billPeriod: text },
    optional: { level: text, currency, region: named, description: prose, quotas },
  },
  region: { required: { description: prose }, optional: {} },
  promocode: {
    required: { name: text, type: { enum: ['percent', 'fixed'] }, value: decimalText, periods: whole(1, 1200) },
    optional: {
      currency,
      plans: { type: 'array', minItems: 1, maxItems: 100, items: named },
      grants: whole(1, 1_000_000_000),
      expiresAt: instant,
      remark: prose,
    },
  },
  addon: { required: { name: text, price: decimalText, quotas }, optional: { currency } },
  repo: {
    required: { class: text, label: text },
    optional: { description: prose, owner: long, imageUrl: long },
  },
  'repo-item': {
    required: { url: long },
    optional: { owner: long, attributes: { type: 'array', maxItems: 200, items: attribute } },
  },
  service: {
    required: { class: text, provider: text, name: text },
    optional: { description: prose, imageUrl: long },
  },
}

export interface ItemIds {
  readonly id: string
  /** The repository of an item of one. */
  readonly repo: string
}

/** An item of which the shape was checked. */
export const itemOf = (kind: ItemKind, { id, repo }: ItemIds, body: Fields): WrittenItem => {
  const text = (name: string): string => body.text(name)
  switch (kind) {
    case 'plan':
      return { kind, data: planOf(id, body) }
    case 'region':
      return { kind, data: { region: id, description: text('description') } }
    case 'promocode':
      return { kind, data: promocodeOf(id, body) }
    case 'addon': {
      const data = { addon: id, name: text('name'), price: text('price'), quotas: quotasOf(body) }
      return { kind, data: { ...data, ...body.some('currency') } }
    }
    case 'repo': {
      const data = { repo: id, class: text('class'), label: text('label') }
      return { kind, data: { ...data, ...body.some('description', 'owner', 'imageUrl') } }
    }
    case 'repo-item': {
      const attributes = body.has('attributes') ? { attributes: body.list('attributes').map(attributeOf) } : {}
      return { kind, data: { repo, item: id, url: text('url'), ...body.some('owner'), ...attributes } }
    }
    case 'service': {
      const data = { service: id, class: text('class'), provider: text('provider'), name: text('name') }
      return { kind, data: { ...data, ...body.some('description', 'imageUrl') } }
    }
    /* c8 ignore next 4: the compiler proves that nothing comes here */
    default: {
      const _: never = kind
      return _
    }
  }
}

type DataOf<Kind extends ItemKind> = Extract<WrittenItem, { kind: Kind }>['data']

const planOf = (plan: string, body: Fields): DataOf<'plan'> => ({
  plan,
  name: body.text('name'),
  type: body.text('type'),
  price: body.text('price'),
  billPeriod: body.text('billPeriod'),
  ...body.some('level', 'currency', 'description'),
  ...(body.has('region') && { region: body.name('region') }),
  ...(body.has('quotas') && { quotas: quotasOf(body) }),
})

const promocodeOf = (promocode: string, body: Fields): DataOf<'promocode'> => ({
  promocode,
  name: body.text('name'),
  type: body.text('type') === 'percent' ? 'percent' : 'fixed',
  value: body.text('value'),
  periods: body.whole('periods'),
  ...body.some('currency', 'expiresAt', 'remark'),
  ...(body.has('plans') && { plans: body.names('plans') }),
  ...(body.has('grants') && { grants: body.whole('grants') }),
})

const quotasOf = (body: Fields) => new Fields(body.raw('quotas')).some('sms', 'email', 'notification', 'storage')

const attributeOf = (value: unknown) => {
  const fields = new Fields(value)
  return { name: fields.text('name'), order: fields.whole('order'), ...fields.some('comment', 'example') }
}
