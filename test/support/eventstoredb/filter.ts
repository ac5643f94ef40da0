import type { streams } from './protocol.js'

export interface Filter {
  matches(event: { readonly stream: string; readonly type: string }): boolean
  /** A checkpoint is sent when so many events were looked at. */
  readonly interval: number
}

/** Pages of the real server. */
const WINDOW = 32

const matcher = (expression: streams.ReadReq.Options.FilterOptions.Expression | undefined) => {
  const prefixes = expression?.getPrefixList() ?? []
  const source = expression?.getRegex() ?? ''
  if (source === '') return (name: string): boolean => prefixes.some((prefix) => name.startsWith(prefix))
  const regex = new RegExp(source)
  return (name: string): boolean => regex.test(name)
}

export const filterOf = (options: streams.ReadReq.Options): Filter | null => {
  const filter = options.getFilter()
  if (filter === undefined) return null
  const byType = filter.hasEventType()
  const test = matcher(byType ? filter.getEventType() : filter.getStreamIdentifier())
  return {
    matches: ({ stream, type }) => test(byType ? type : stream),
    interval: filter.getCheckpointintervalmultiplier() * (filter.hasMax() ? filter.getMax() : WINDOW),
  }
}
