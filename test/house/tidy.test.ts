import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { root } from '../support/root.js'

/** Files below a directory of the repository, as paths from its root; none where the directory does not exist. */
const filesOf = (directory: string, suffix: string): readonly string[] => {
  if (!existsSync(join(root, directory))) return []
  return readdirSync(join(root, directory), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(suffix))
    .map((name) => join(directory, name))
}

interface Place {
  readonly file: string
  readonly line: number
  readonly text: string
  /** This line and the three before and after it. */
  readonly around: string
}

const linesOf = (files: readonly string[]): readonly Place[] =>
  files.flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .map((text, index, all) => {
        const around = all.slice(Math.max(0, index - 3), index + 4).join('\n')
        return { file, line: index + 1, text, around }
      }),
  )

const sources = linesOf(['events', 'src'].flatMap((room) => filesOf(room, '.ts')))
const everything = [
  ...sources,
  ...linesOf(['test', 'bench', 'scripts'].flatMap((room) => [...filesOf(room, '.ts'), ...filesOf(room, '.mjs')])),
].filter((place) => place.file !== join('test', 'house', 'tidy.test.ts'))

const pure = /^(events|src\/(ledger|projections|reports))\//

const where = (places: readonly Place[]): readonly string[] =>
  places.map(({ file, line, text }) => `${file}:${line} ${text.trim()}`)

t.test('the repository is found', async (t) => {
  t.ok(sources.some(({ file }) => pure.test(file)))
})

t.test('pure rooms know no clock, no chance and no floating money', async (t) => {
  const impure =
    /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\brandomUUID\b|\bparseFloat\b|\bNumber\(|\bperformance\./
  t.same(where(sources.filter(({ file, text }) => pure.test(file) && impure.test(text))), [])
})

t.test('the compiler is never silenced', async (t) => {
  t.same(
    where(sources.filter(({ text }) => /@ts-(ignore|nocheck|expect-error)|\bas any\b|\bas never\b/.test(text))),
    [],
  )
})

t.test('a silenced rule or line states its reason', async (t) => {
  const bare = /(c8 ignore (start|next( \d+)?|stop)\s*(\*\/|$))|(biome-ignore [\w/]+:\s*(\*\/|$))/
  t.same(where(everything.filter(({ text }) => bare.test(text) && !/c8 ignore stop/.test(text))), [])
})

t.test('nothing is left to do, and no test is left out', async (t) => {
  const unfinished = /\b(TODO|FIXME)\b|\.(skip|only|todo)\(|\b(skip|only|todo): true\b/
  t.same(where(everything.filter(({ text }) => unfinished.test(text))), [])
})

t.test('every pattern of a schema has a maxLength beside it', async (t) => {
  const unbounded = sources.filter(({ text, around }) => /\bpattern: /.test(text) && !/\bmaxLength: /.test(around))
  t.same(where(unbounded), [])
})

t.test('every test file stands where the test command finds it', async (t) => {
  const strays = [...filesOf('src', '.test.ts'), ...filesOf('events', '.test.ts'), ...filesOf('bench', '.test.ts')]
  t.same(strays, [])
})

t.test('every relative link of the documents leads somewhere', async (t) => {
  const documents = [...filesOf('docs', '.md'), 'README.md', 'CONTRIBUTING.md', 'CHANGELOG.md']
  const broken = linesOf(documents).flatMap(({ file, line, text }) =>
    [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
      .map((match) => join(dirname(file), match[1] ?? ''))
      .filter((target) => !existsSync(join(root, target)))
      .map((target) => `${file}:${line} ${target}`),
  )
  t.same(broken, [])
})

t.test('what is drawn at random is drawn as long as it says', async (t) => {
  const own = join('test', 'support', 'fast-check.ts')
  t.same(where(everything.filter(({ file, text }) => file !== own && /from 'fast-check'/.test(text))), [])
})

t.test('nothing that a store wrote lies beside the sources', async (t) => {
  t.same(
    readdirSync(root).filter((name) => /\.(lock|mark|pid|db|clean)$/.test(name)),
    [],
  )
})

t.test('the server is started with the same options everywhere, by the benchmarks too', async (t) => {
  const option = '--max-semi-space-size=64'
  for (const file of ['package.json', 'Dockerfile', 'README.md', 'src/main.ts', 'bench/support/server.ts'])
    t.ok(readFileSync(join(root, file), 'utf8').includes(option), file)
  const without = linesOf(['package.json', 'Dockerfile', 'README.md']).filter(
    ({ text }) => /\bnode\b.*\bdist\/src\/main\.js\b/.test(text) && !text.includes(option) && !text.startsWith('RUN '),
  )
  t.same(where(without), [])
})
