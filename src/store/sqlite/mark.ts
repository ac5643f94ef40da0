import { hash } from 'node:crypto'
import { closeSync, constants, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { codeOf } from './connection.js'

/** A committed event, and so how far the log must reach. `position` 0 with id `-` and leaf -1: it was empty. */
export interface Mark {
  readonly epoch: string
  readonly position: number
  readonly id: string
}

/** Two slots, written in turn: a torn write leaves the other one whole. */
const SLOT_BYTES = 256
const SLOT = /^([0-9a-f]{64}) (([0-9]+) (\S+) ([0-9]+) (\S+) (-?[0-9]+)) *\n$/

export type FoundMark =
  | { readonly kind: 'missing' }
  /** Both slots are damaged. `empty`: nothing was ever written into the file. */
  | { readonly kind: 'bad'; readonly empty: boolean }
  | { readonly kind: 'found'; readonly mark: Mark; readonly serial: number }

export const readMark = (path: string): FoundMark => {
  let text: string
  try {
    text = readFileSync(path, 'latin1')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { kind: 'missing' }
    throw error
  }
  const [newest] = [parse(text.slice(0, SLOT_BYTES)), parse(text.slice(SLOT_BYTES))]
    .flat()
    .sort((a, b) => b.serial - a.serial)
  return newest === undefined ? { kind: 'bad', empty: text === '' } : { kind: 'found', ...newest }
}

const parse = (slot: string): { mark: Mark; serial: number }[] => {
  const [, checksum, body = '', serial, epoch = '', position, id = ''] = SLOT.exec(slot) ?? []
  if (checksum === undefined || checksum !== hash('sha256', body)) return []
  return [{ mark: { epoch, position: Number(position), id }, serial: Number(serial) }]
}

/** The file open for writing; each write is on disk when it returns. The file is never truncated: on a full disk it would stay empty. */
export class MarkWriter {
  readonly #fd: number
  #serial: number

  constructor(path: string) {
    const found = readMark(path)
    this.#serial = found.kind === 'found' ? found.serial : 0
    this.#fd = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600)
  }

  write({ epoch, position, id }: Mark): void {
    this.#serial += 1
    const body = `${this.#serial} ${epoch} ${position} ${id} ${position - 1}`
    const slot = `${`${hash('sha256', body)} ${body}`.padEnd(SLOT_BYTES - 1)}\n`
    writeSync(this.#fd, slot, (this.#serial % 2) * SLOT_BYTES, 'latin1')
    fsyncSync(this.#fd)
  }

  close(): void {
    closeSync(this.#fd)
  }
}

/** Fills both slots, and makes the file itself durable. */
export const createMark = (path: string, mark: Mark): void => {
  const writer = new MarkWriter(path)
  try {
    writer.write(mark)
    writer.write(mark)
  } finally {
    writer.close()
  }
  const directory = openSync(dirname(path), constants.O_RDONLY)
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}
