import { parseArgs } from 'node:util'
import { reasonOf } from '../follower/batch.js'
import { itemOf } from '../http/catalogue-body.js'
import { Fields } from '../http/fields.js'
import { readJsonText } from '../http/json-reader.js'
import { type Shelf, shelves } from '../http/v1/catalogue.js'
import { completeItem } from '../ledger/decide/complete-item.js'
import type { ItemName } from '../ledger/item.js'
import { readCatalogueFile } from './catalogue-file.js'
import { type FieldChange, type KnownItem, type LoadStep, planLoad } from './catalogue-plan.js'
import { progressBar } from './progress.js'
import { type CallServer, calling } from './server.js'
import { type Terminal, type Tool, UsageError } from './tool.js'

const START = 'start the server: the running one publishes'

interface Wish {
  readonly file: string
  readonly dryRun: boolean
  readonly retire: boolean
}

const parse = (args: readonly string[]): Wish => {
  const { values, positionals } = optionsOf(args)
  const [verb, file, ...others] = positionals
  if (verb !== 'load' || file === undefined || others.length > 0) {
    throw new UsageError('say what to load: counterfoil catalogue load catalogue.json')
  }
  return { file, dryRun: values['dry-run'], retire: values.retire }
}

const optionsOf = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { 'dry-run': { type: 'boolean', default: false }, retire: { type: 'boolean', default: false } },
    })
  } catch (error) {
    throw new UsageError(reasonOf(error))
  }
}

/** An item as `/v1` shows it. */
const knownOf = ({ kind, id }: Shelf, shown: Fields): KnownItem => {
  const repo = kind === 'repo-item' ? shown.text('repo') : ''
  const item = completeItem(itemOf(kind, { id: shown.text(id), repo }, shown), '')
  if (!('data' in item)) throw new TypeError(`the server shows a ${kind} that it would refuse`)
  return {
    item,
    version: shown.whole('itemVersion'),
    leaf: shown.whole('leaf'),
    retired: shown.raw('retired') === true,
  }
}

const PAGE = 1_000

const listAt = async (call: CallServer, shelf: Shelf, path: string): Promise<readonly KnownItem[]> => {
  const all: KnownItem[] = []
  let cursor = ''
  do {
    const reply = await call('GET', `${path}?retired=true&limit=${PAGE}${cursor}`)
    const page = new Fields(readJsonText(await reply.text()))
    all.push(...page.list(shelf.plural).map((shown) => knownOf(shelf, new Fields(shown))))
    cursor = page.raw('next') === null ? '' : `&cursor=${page.text('next')}`
  } while (cursor !== '')
  return all
}

/** All that the server has, retired or not, in the order in which it may be published. */
const readKnown = async (call: CallServer): Promise<readonly KnownItem[]> => {
  const known: KnownItem[] = []
  for (const shelf of shelves) {
    const repos = shelf.kind === 'repo-item' ? known.filter(({ item }) => item.kind === 'repo') : null
    const paths = repos?.map(({ item: { id } }) => shelf.url.replace(':repo', encodeURIComponent(id))) ?? [shelf.url]
    for (const path of paths) known.push(...(await listAt(call, shelf, path)))
  }
  return known
}

type Doing = Extract<LoadStep, { readonly what: 'new' | 'again' | 'changed' | 'retired' }>

const isDoing = (step: LoadStep): step is Doing => step.what !== 'same' && step.what !== 'left'

const without = (body: object, ...names: readonly string[]): object =>
  Object.fromEntries(Object.entries(body).filter(([name]) => !names.includes(name)))

const perform = async (call: CallServer, step: Doing): Promise<void> => {
  const { kind, id } = step.name
  const shelf = shelves.find((one) => one.kind === kind)
  /* c8 ignore next -- every kind has its shelf */
  if (shelf === undefined) throw new Error(`no shelf for ${kind}`)
  const [repo = '', own = ''] = kind === 'repo-item' ? id.split('/') : ['', id]
  const list = shelf.url.replace(':repo', encodeURIComponent(repo))
  const path = `${list}/${encodeURIComponent(own)}`
  const within = kind === 'repo-item' ? ['repo'] : []
  if (step.what === 'retired') await call('POST', `${path}/retire`, { expectedVersion: step.version })
  else if (step.what === 'changed') {
    await call('PUT', path, { ...without(step.body, shelf.id, ...within), expectedVersion: step.version })
  } else await call('POST', list, without(step.body, ...within))
}

const MAX_SHOWN = 100

const valueText = (value: unknown): string => {
  const text = value === undefined ? 'nothing' : JSON.stringify(value)
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text
}

const fieldText = ({ field, before, after }: FieldChange): string =>
  `            ${field}: ${valueText(before)} → ${valueText(after)}\n`

const stepText = (step: LoadStep): string => {
  const { kind, id }: ItemName = step.name
  const line = `${step.what.padEnd(10)}${kind} ${id}\n`
  return step.what === 'changed' ? line + step.fields.map(fieldText).join('') : line
}

const summary = (steps: readonly LoadStep[], { dryRun }: Wish): string => {
  const count = (what: LoadStep['what']): number => steps.filter((step) => step.what === what).length
  const left = count('left')
  const stay = left === 0 ? '' : ` ${left} that the file does not hold stay; --retire retires them.`
  return (
    `${count('new')} new, ${count('again')} published again, ${count('changed')} changed, ${count('retired')} retired, ` +
    `${count('same')} the same.${stay}${dryRun ? ' Nothing was written.' : ''}\n`
  )
}

const apply = async (call: CallServer, steps: readonly Doing[], terminal: Terminal): Promise<void> => {
  const bar = progressBar(terminal, { doing: 'wrote ', unit: 'changes' })
  let done = 0
  try {
    for (const step of steps) {
      await perform(call, step)
      done += 1
      bar.show(done, steps.length)
    }
  } catch (error) {
    bar.end()
    terminal.note(`${done} of ${steps.length} changes are made; the same command makes the rest\n`)
    throw error
  }
  bar.end()
}

export const catalogueCommand: Tool = {
  name: 'catalogue',
  usage: 'catalogue load <file> [--dry-run] [--retire]',
  meaning:
    'Publishes what a JSON file holds, and tells what is new or changed. What the file does not hold stays, unless --retire (of the kinds that it lists). --dry-run only tells.',
  run: async (terminal) => {
    const { args, config, out } = terminal
    const wish = parse(args)
    const file = readCatalogueFile(wish.file)
    const call = calling(terminal, { roles: ['all'], start: START })
    const steps = planLoad(file, await readKnown(call), { currency: config.currency, retire: wish.retire })
    for (const step of steps) out(stepText(step))
    if (!wish.dryRun) await apply(call, steps.filter(isDoing), terminal)
    out(summary(steps, wish))
    return 0
  },
}
