import type { ServerWritableStream } from '@grpc/grpc-js'
import { shared, streams } from './protocol.js'

/** A read or a subscription; its answers are bytes already. */
export type ReadCall = ServerWritableStream<streams.ReadReq, Uint8Array>

/** Writes, and waits while the client does not take more. */
export const send = async (call: ReadCall, bytes: Uint8Array): Promise<void> => {
  if (call.cancelled || call.write(bytes)) return
  await new Promise<void>((resolve) => {
    const done = (): void => {
      for (const name of ['drain', 'cancelled', 'close']) call.off(name, done)
      resolve()
    }
    for (const name of ['drain', 'cancelled', 'close']) call.once(name, done)
  })
}

export const fail = (call: ReadCall, code: number, details: string): void => {
  call.emit('error', { code, details })
}

export const confirmation = (id: string): Uint8Array =>
  new streams.ReadResp()
    .setConfirmation(new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(id))
    .serializeBinary()

export const checkpoint = (position: number): Uint8Array =>
  new streams.ReadResp()
    .setCheckpoint(
      new streams.ReadResp.Checkpoint().setCommitPosition(String(position)).setPreparePosition(String(position)),
    )
    .serializeBinary()

export const streamNotFound = (stream: string): Uint8Array => {
  const identifier = new shared.StreamIdentifier().setStreamName(Buffer.from(stream).toString('base64'))
  return new streams.ReadResp()
    .setStreamNotFound(new streams.ReadResp.StreamNotFound().setStreamIdentifier(identifier))
    .serializeBinary()
}
