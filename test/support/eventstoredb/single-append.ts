import { Metadata, type ServerReadableStream, type ServiceError, type sendUnaryData, status } from '@grpc/grpc-js'
import { appendOutcome, MAX_APPEND } from './answers.js'
import { expectedOf, proposedOf, sizeOf, streamOf } from './incoming.js'
import type { Append } from './log.js'
import type { streams } from './protocol.js'
import type { Proposed } from './record.js'
import type { Serving } from './serving.js'

type Call = ServerReadableStream<streams.AppendReq, streams.AppendResp>
type Answer = sendUnaryData<streams.AppendResp>

type Refusal = Partial<ServiceError>

const tooLarge = (): Refusal => {
  const metadata = new Metadata()
  metadata.set('exception', 'maximum-append-size-exceeded')
  metadata.set('maximum-append-size', String(MAX_APPEND))
  return { code: status.INVALID_ARGUMENT, details: `Maximum Append Size of ${MAX_APPEND} Exceeded.`, metadata }
}

const UNAVAILABLE: Refusal = { code: status.UNAVAILABLE, details: 'Server Is Not Ready' }

/** The first request says where, each other one brings an event. */
const appendOf = ([first, ...rest]: readonly streams.AppendReq[]): Append => {
  const options = first?.getOptions()
  if (options === undefined) throw new Error('The first message carries no options.')
  const events: Proposed[] = []
  for (const request of rest) {
    const message = request.getProposedMessage()
    if (message !== undefined) events.push(proposedOf(message))
  }
  return { stream: streamOf(options), expected: expectedOf(options), events }
}

/** Returns what it refuses with; else it has answered, or will. */
const append = (serving: Serving, call: Call, wanted: Append, answer: Answer): Refusal | null => {
  if (wanted.events.reduce((sum, event) => sum + sizeOf(event), 0) > MAX_APPEND) return tooLarge()
  const fault = serving.faults.take(wanted.stream)
  if (fault?.kind === 'unavailable') return UNAVAILABLE
  const response = appendOutcome(serving.log.append(wanted), wanted)
  const reply = (): void => serving.faults.pass(() => answer(null, response))
  if (fault?.kind === 'drop') serving.drop(call.getPeer())
  else if (fault?.kind === 'late') setTimeout(reply, fault.milliseconds).unref()
  else reply()
  return null
}

export const singleAppend =
  (serving: Serving) =>
  (call: Call, answer: Answer): void => {
    const requests: streams.AppendReq[] = []
    call.on('data', (request: streams.AppendReq) => requests.push(request))
    call.on('error', () => {})
    call.on('end', () =>
      serving.faults.pass(() => {
        try {
          const refusal = append(serving, call, appendOf(requests), answer)
          if (refusal !== null) answer(refusal)
        } catch (error) {
          answer({ code: status.UNKNOWN, details: `Exception was thrown by handler. ${String(error)}` })
        }
      }),
    )
  }
