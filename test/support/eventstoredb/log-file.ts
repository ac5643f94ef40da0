import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'

/** Length of the body and its CRC. */
const HEAD = 8
const START = Buffer.from('counterfoil double of EventStoreDB 1\n')

/**
 * The file of the log: one frame per append, written by one call and never changed, so that a killed process leaves
 * a frame whole or torn; a torn one at the end was never acknowledged and is cut off at the next open.
 */
export interface LogFile {
  /** Where the body of the next frame will begin. */
  next(): number
  append(body: Buffer): void
  read(position: number, length: number): Buffer
  /** Where the last frame ends. */
  end(): number
  close(): void
}

const readAt = (file: number, position: number, length: number): Buffer => {
  const bytes = Buffer.allocUnsafe(length)
  return bytes.subarray(0, readSync(file, bytes, 0, length, position))
}

const writeAll = (file: number, bytes: Buffer, position: number): void => {
  if (writeSync(file, bytes, 0, bytes.length, position) === bytes.length) return
  ftruncateSync(file, position)
  throw new Error('The disk is full.')
}

/** Reads the frames from the start; `found` gets each body and where it begins. Returns where the last whole one ends. */
const scan = (file: number, found: (body: Buffer, position: number) => void): number => {
  const size = fstatSync(file).size
  let end = START.length
  while (end + HEAD <= size) {
    const head = readAt(file, end, HEAD)
    const body = readAt(file, end + HEAD, Math.min(head.readUInt32LE(0), size - end - HEAD))
    if (body.length < head.readUInt32LE(0) || crc32(body) !== head.readUInt32LE(4)) return end
    found(body, end + HEAD)
    end += HEAD + body.length
  }
  return end
}

export const openLogFile = (directory: string, found: (body: Buffer, position: number) => void): LogFile => {
  mkdirSync(directory, { recursive: true })
  const file = openSync(join(directory, 'events.log'), 'a+')
  closeSync(file)
  const handle = openSync(join(directory, 'events.log'), 'r+')
  if (fstatSync(handle).size < START.length) writeAll(handle, START, 0)
  let end = scan(handle, found)
  ftruncateSync(handle, end)
  return {
    next: () => end + HEAD,
    append: (body) => {
      const head = Buffer.allocUnsafe(HEAD)
      head.writeUInt32LE(body.length, 0)
      head.writeUInt32LE(crc32(body), 4)
      writeAll(handle, Buffer.concat([head, body]), end)
      end += HEAD + body.length
    },
    read: (position, length) => readAt(handle, position, length),
    end: () => end,
    close: () => closeSync(handle),
  }
}
