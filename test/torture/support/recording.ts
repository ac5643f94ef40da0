import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

/** One system call of a recording. */
export interface Call {
  readonly name: string
  readonly path: string
  /** Of a write, or the length of a truncate. */
  readonly offset: number
  readonly bytes: Buffer
  readonly creates: boolean
  readonly truncates: boolean
  readonly directory: boolean
  readonly failed: boolean
}

/** The calls of a recording in time: each begins, and later returns. */
export type Moment = { readonly kind: 'begin' | 'end'; readonly call: Call }

export const STRACE = ['strace', '-f', '-y', '-xx', '-s', '70000'] as const
export const CALLS = 'trace=openat,pwrite64,write,fsync,fdatasync,ftruncate,unlink,rename'

const text = (hex: string): Buffer => Buffer.from(hex.replaceAll('\\x', ''), 'hex')
const LINE = /^(\d+) +(.*)$/
const UNFINISHED = /^(.*) <unfinished \.\.\.>$/
const RESUMED = /^<\.\.\. \w+ resumed>(.*)$/
const CALL = /^(\w+)\((.*)\) += (-?\d+)(?:<([^>]*)>)?/
const FD = /^(\d+)<([^>]*)>/
const STRING = /"([^"]*)"/g

/** Reads what strace wrote; only calls on the lasting files below `folder`, and writes to standard output (path `''`). */
export async function* readRecording(file: string, folder: string): AsyncIterable<Moment> {
  const open = new Map<string, { readonly head: string; readonly begun: Call | null }>()
  for await (const line of createInterface({ input: createReadStream(file, 'latin1') })) {
    const [, pid = '', rest = ''] = LINE.exec(line) ?? []
    const unfinished = UNFINISHED.exec(rest)?.[1]
    if (unfinished !== undefined) {
      // A call that the end of the recording cut off has no result: it counts as begun.
      const begun = parse(`${unfinished}) = 0`, folder)
      open.set(pid, { head: unfinished, begun })
      if (begun !== null) yield { kind: 'begin', call: begun }
      continue
    }
    const tail = RESUMED.exec(rest)?.[1]
    const resumed = tail === undefined ? undefined : open.get(pid)
    const call = parse(resumed === undefined ? rest : resumed.head + tail, folder)
    if (call === null) continue
    if (resumed?.begun) {
      // The same object from begin to end, but with what is known only at the end.
      yield { kind: 'end', call: Object.assign(resumed.begun, call) }
    } else {
      yield { kind: 'begin', call }
      yield { kind: 'end', call }
    }
  }
}

const parse = (line: string, folder: string): Call | null => {
  const [, name, args = '', result = '', opened] = CALL.exec(line) ?? []
  if (name === undefined) return null
  const [, fd = '', hexPath = ''] = FD.exec(args) ?? []
  const strings = [...args.matchAll(STRING)].map(([, hex = '']) => text(hex))
  const byName = ['openat', 'unlink', 'rename'].includes(name)
  const path = byName ? (opened === undefined ? (strings[0] ?? '') : text(opened)).toString() : text(hexPath).toString()
  const output = name === 'write' && fd === '1'
  if (!output && (!path.startsWith(folder) || /(-shm|\.pid)$/.test(path))) return null
  if (name === 'write' && !output) throw new Error(`a write without an offset to ${path}: the model does not know it`)
  const last = Number(/(\d+)$/.exec(args)?.[1] ?? 0)
  return {
    name,
    path: output ? '' : path,
    offset: last,
    bytes: byName ? Buffer.alloc(0) : (strings[0] ?? Buffer.alloc(0)),
    creates: name === 'openat' && args.includes('O_CREAT') && result !== '-1',
    truncates: name === 'openat' && args.includes('O_TRUNC') && result !== '-1',
    directory: path === folder,
    failed: result.startsWith('-'),
  }
}
