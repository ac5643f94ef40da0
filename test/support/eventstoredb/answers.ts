import { ANY, NO_STREAM, STREAM_EXISTS } from './expected.js'
import type { Append, Outcome } from './log.js'
import { any, empty, rpc, shared, streams } from './protocol.js'

/** What an append may carry, in bytes of data, metadata and types (two for each character). */
export const MAX_APPEND = 1_048_576

type Details = { readonly name: string; readonly code: number; readonly message: { serializeBinary(): Uint8Array } }

const failed = ({ name, code, message }: Details): streams.BatchAppendResp => {
  const details = new any.Any()
  details.pack(message.serializeBinary(), `event_store.client.${name}`)
  const status = new rpc.Status().setCode(code).setMessage(name).setDetails(details)
  return new streams.BatchAppendResp().setError(status)
}

export const timeout = (): streams.BatchAppendResp =>
  failed({ name: 'Timeout', code: 4, message: new shared.Timeout() })

export const badRequest = (error: unknown): streams.BatchAppendResp =>
  failed({ name: 'BadRequest', code: 3, message: new shared.BadRequest().setMessage(String(error)) })

export const tooLarge = (): streams.BatchAppendResp =>
  failed({
    name: 'MaximumAppendSizeExceeded',
    code: 3,
    message: new shared.MaximumAppendSizeExceeded().setMaxappendsize(MAX_APPEND),
  })

const wrongVersion = (current: number, expected: number): streams.BatchAppendResp => {
  const message = new shared.WrongExpectedVersion()
  if (current < 0) message.setCurrentNoStream(new empty.Empty())
  else message.setCurrentStreamRevision(String(current))
  if (expected === ANY) message.setExpectedAny(new empty.Empty())
  else if (expected === STREAM_EXISTS) message.setExpectedStreamExists(new empty.Empty())
  else if (expected === NO_STREAM) message.setExpectedNoStream(new empty.Empty())
  else message.setExpectedStreamPosition(String(expected))
  return failed({ name: 'WrongExpectedVersion', code: 6, message })
}

export const batchOutcome = (outcome: Outcome, { expected }: Append): streams.BatchAppendResp => {
  if (outcome.kind === 'wrong') return wrongVersion(outcome.current, expected)
  const success = new streams.BatchAppendResp.Success()
  if (outcome.revision < 0) success.setNoStream(new empty.Empty())
  else success.setCurrentRevision(String(outcome.revision))
  if (outcome.position === null)
    return new streams.BatchAppendResp().setSuccess(success.setNoPosition(new empty.Empty()))
  const position = new shared.AllStreamPosition()
    .setCommitPosition(String(outcome.position))
    .setPreparePosition(String(outcome.position))
  return new streams.BatchAppendResp().setSuccess(success.setPosition(position))
}

/** The same for a single append, whose answers have other shapes. */
export const appendOutcome = (outcome: Outcome, { expected }: Append): streams.AppendResp => {
  const response = new streams.AppendResp()
  if (outcome.kind === 'wrong') {
    const wrong = new streams.AppendResp.WrongExpectedVersion()
    if (outcome.current < 0) wrong.setCurrentNoStream(new shared.Empty())
    else wrong.setCurrentRevision(String(outcome.current))
    if (expected === ANY) wrong.setExpectedAny(new shared.Empty())
    else if (expected === STREAM_EXISTS) wrong.setExpectedStreamExists(new shared.Empty())
    else if (expected === NO_STREAM) wrong.setExpectedNoStream(new shared.Empty())
    else wrong.setExpectedRevision(String(expected))
    return response.setWrongExpectedVersion(wrong)
  }
  const success = new streams.AppendResp.Success()
  if (outcome.revision < 0) success.setNoStream(new shared.Empty())
  else success.setCurrentRevision(String(outcome.revision))
  if (outcome.position === null) return response.setSuccess(success.setNoPosition(new shared.Empty()))
  const position = new streams.AppendResp.Position()
    .setCommitPosition(String(outcome.position))
    .setPreparePosition(String(outcome.position))
  return response.setSuccess(success.setPosition(position))
}
