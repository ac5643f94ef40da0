import { type ServerDuplexStream, status } from '@grpc/grpc-js'
import { badRequest, batchOutcome, MAX_APPEND, timeout, tooLarge } from './answers.js'
import { expectedOf, proposedOf, sizeOf, streamOf } from './incoming.js'
import type { shared, streams } from './protocol.js'
import type { Proposed } from './record.js'
import type { Serving } from './serving.js'

type Call = ServerDuplexStream<streams.BatchAppendReq, streams.BatchAppendResp>

/** A request whose last part has not come yet. */
interface Pending {
  readonly stream: string
  readonly expected: number
  readonly identifier: shared.StreamIdentifier | undefined
  readonly events: Proposed[]
  size: number
}

class Worker {
  readonly #call: Call
  readonly #serving: Serving
  readonly #pending = new Map<string, Pending>()

  constructor(call: Call, serving: Serving) {
    this.#call = call
    this.#serving = serving
  }

  receive(request: streams.BatchAppendReq): void {
    const id = request.getCorrelationId()?.getString() ?? ''
    const identifier = request.getOptions()?.getStreamIdentifier() ?? this.#pending.get(id)?.identifier
    const answer = (response: streams.BatchAppendResp): void => {
      response.setCorrelationId(request.getCorrelationId()).setStreamIdentifier(identifier)
      this.#serving.faults.pass(() => {
        if (!this.#call.cancelled) this.#call.write(response)
      })
    }
    try {
      const pending = this.#take(id, request)
      if (pending === undefined) return
      const large = pending !== 'late' && pending.size > MAX_APPEND
      if (large || request.getIsFinal()) this.#pending.delete(id)
      if (pending === 'late') answer(timeout())
      else if (large) answer(tooLarge())
      else if (request.getIsFinal()) this.#append(pending, answer)
    } catch (error) {
      this.#pending.delete(id)
      answer(badRequest(error))
    }
  }

  #take(id: string, request: streams.BatchAppendReq): Pending | 'late' | undefined {
    const options = request.getOptions()
    if (options !== undefined && !this.#pending.has(id)) {
      const deadline = options.getDeadline()?.toDate().getTime() ?? Number.POSITIVE_INFINITY
      if (deadline <= this.#serving.faults.now()) return 'late'
      const place = { stream: streamOf(options), expected: expectedOf(options) }
      this.#pending.set(id, { ...place, identifier: options.getStreamIdentifier(), events: [], size: 0 })
    }
    const pending = this.#pending.get(id)
    for (const message of pending === undefined ? [] : request.getProposedMessagesList()) {
      const proposed = proposedOf(message)
      pending?.events.push(proposed)
      if (pending !== undefined) pending.size += sizeOf(proposed)
    }
    return pending
  }

  #append(append: Pending, answer: (response: streams.BatchAppendResp) => void): void {
    const { log, faults, drop } = this.#serving
    const fault = faults.take(append.stream)
    if (fault?.kind === 'unavailable') {
      this.#call.emit('error', { code: status.UNAVAILABLE, details: 'Server Is Not Ready' })
      return
    }
    const response = batchOutcome(log.append(append), append)
    if (fault?.kind === 'drop') drop(this.#call.getPeer())
    else if (fault?.kind === 'late') setTimeout(answer, fault.milliseconds, response).unref()
    else answer(response)
  }
}

export const batchAppend =
  (serving: Serving) =>
  (call: Call): void => {
    const worker = new Worker(call, serving)
    call.on('data', (request: streams.BatchAppendReq) => serving.faults.pass(() => worker.receive(request)))
    call.on('end', () => call.end())
    call.on('error', () => {})
  }
