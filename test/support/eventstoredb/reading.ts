import { status } from '@grpc/grpc-js'
import { type Cursor, logBackwards, logForwards, streamBackwards, streamForwards } from './cursor.js'
import { revisionOf } from './expected.js'
import { filterOf } from './filter.js'
import { fail, type ReadCall, send, streamNotFound } from './outgoing.js'
import { streams } from './protocol.js'
import type { Serving } from './serving.js'
import { Subscription } from './subscription.js'
import { eventResponse } from './wire.js'

type Options = streams.ReadReq.Options

const PAGE = 256
const HANDLER = 'Exception was thrown by handler.'

const nameOf = (options: Options): string =>
  Buffer.from(options.getStream()?.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString('utf8')

/** Where in $all, by index; `null` where no event begins or ends there. */
const indexOf = (
  { log }: Serving,
  all: streams.ReadReq.Options.AllOptions,
): { index: number; given: boolean } | null => {
  if (all.hasEnd()) return { index: log.count, given: false }
  if (!all.hasPosition()) return { index: 0, given: false }
  const { index, exact } = log.find(BigInt(all.getPosition()?.getCommitPosition() ?? '0'))
  return exact ? { index, given: true } : null
}

const streamCursor = ({ log }: Serving, options: Options, backwards: boolean): Cursor => {
  const place = options.getStream()
  const stream = nameOf(options)
  const from = place?.hasRevision() ? revisionOf(place.getRevision()) : place?.hasEnd() ? Number.MAX_SAFE_INTEGER : 0
  return backwards ? streamBackwards(log, stream, from) : streamForwards(log, stream, from)
}

/** Forwards from the position on; backwards from the event before it. A filter is not looked at. */
const cursorOf = (serving: Serving, options: Options): Cursor | null => {
  const backwards = options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS
  const all = options.getAll()
  if (all === undefined) return streamCursor(serving, options, backwards)
  const place = indexOf(serving, all)
  if (place === null) return null
  return (backwards ? logBackwards : logForwards)(serving.log, place.index)
}

const readPages = async (serving: Serving, call: ReadCall, options: Options): Promise<void> => {
  let left = Number(options.getCount())
  if (left === 0) return fail(call, status.UNKNOWN, HANDLER)
  const stream = nameOf(options)
  if (options.hasStream() && serving.log.last(stream) < 0) {
    call.write(streamNotFound(stream))
    call.end()
    return
  }
  const cursor = cursorOf(serving, options)
  if (cursor === null) return fail(call, status.UNKNOWN, HANDLER)
  for (;;) {
    const page = cursor(Math.min(left, PAGE))
    for (const { event, position } of page) await send(call, eventResponse(event, position))
    left -= page.length
    if (page.length === 0 || left === 0 || call.cancelled) break
    await serving.faults.passed()
  }
  call.end()
}

/** A start is exclusive. */
const subscriptionCursor = (serving: Serving, options: Options): Cursor | null => {
  const { log } = serving
  const all = options.getAll()
  if (all !== undefined) {
    const place = indexOf(serving, all)
    return place === null ? null : logForwards(log, Math.min(place.index + (place.given ? 1 : 0), log.count))
  }
  const place = options.getStream()
  const stream = nameOf(options)
  if (place?.hasEnd()) return streamForwards(log, stream, log.last(stream) + 1)
  return streamForwards(log, stream, place?.hasRevision() ? revisionOf(place.getRevision()) + 1 : 0)
}

const start = async (serving: Serving, call: ReadCall): Promise<void> => {
  const options = call.request.getOptions()
  if (options === undefined) return fail(call, status.UNKNOWN, HANDLER)
  if (!options.hasSubscription()) return readPages(serving, call, options)
  const cursor = subscriptionCursor(serving, options)
  if (cursor === null) return fail(call, status.UNKNOWN, HANDLER)
  return new Subscription({
    serving,
    call,
    cursor,
    stream: options.hasAll() ? null : nameOf(options),
    filter: filterOf(options),
  }).run()
}

export const read =
  (serving: Serving) =>
  (call: ReadCall): void => {
    call.on('error', () => {})
    serving.faults.pass(() => {
      start(serving, call).catch((error) => fail(call, status.UNKNOWN, `${HANDLER} ${String(error)}`))
    })
  }
