import { readFileSync } from 'node:fs'
import { reasonOf } from '../follower/batch.js'
import { itemOf, itemShapes } from '../http/catalogue-body.js'
import { Fields } from '../http/fields.js'
import { InvalidJson, readJsonText } from '../http/json-reader.js'
import { createCheck, createSchemaCompiler, fields, named, type Schema } from '../http/schema.js'
import { type Shelf, shelves } from '../http/v1/catalogue.js'
import type { ItemKind } from '../ledger/document.js'
import type { WrittenItem } from '../ledger/item.js'

/** A file that cannot be loaded: nothing was written. */
export class CatalogueFileInvalid extends Error {
  readonly code = 'catalogue_file_invalid'
}

export interface FileItem {
  readonly item: WrittenItem
  /** For a person: `plans/3`. */
  readonly where: string
}

export interface CatalogueFile {
  /** In the order in which they may be published: what an item names comes before it. */
  readonly items: readonly FileItem[]
  /** The kinds of which the file has a list, be it empty. */
  readonly kinds: ReadonlySet<ItemKind>
}

/** Reads a file and checks the shape of all that it holds. Throws `CatalogueFileInvalid`, which names line or field. */
export const readCatalogueFile = (path: string): CatalogueFile => {
  const text = textOf(path)
  try {
    const value = readJsonText(text)
    createCheck(createSchemaCompiler(), schema, path)(value)
    return contentOf(new Fields(value))
  } catch (error) {
    if (error instanceof InvalidJson) throw invalid(`${path}, line ${lineOf(text, error.at)}: ${error.message}`)
    throw invalid(reasonOf(error))
  }
}

const invalid = (sentence: string): CatalogueFileInvalid => new CatalogueFileInvalid(sentence)

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw invalid(`the file cannot be read: ${reasonOf(error)}`)
  }
}

const lineOf = (text: string, at: number): number => text.slice(0, at).split('\n').length

const listOf = (shelf: Shelf, more: Schema['properties'] = {}) => {
  const { required, optional } = itemShapes[shelf.kind]
  return { type: 'array', items: fields({ [shelf.id]: named, ...required }, { ...optional, ...more }) }
}

const inner = shelves.filter(({ kind }) => kind === 'repo-item')
const outer = shelves.filter(({ kind }) => kind !== 'repo-item')
const innerLists = Object.fromEntries(inner.map((shelf) => [shelf.plural, listOf(shelf)]))

/** The lists of a file; the items of a repository lie in it. */
const schema = fields(
  {},
  Object.fromEntries(
    outer.map((shelf) => [shelf.plural, shelf.kind === 'repo' ? listOf(shelf, innerLists) : listOf(shelf)]),
  ),
)

const contentOf = (file: Fields): CatalogueFile => {
  const kinds = new Set(outer.filter(({ plural }) => file.has(plural)).map(({ kind }) => kind))
  if (kinds.has('repo')) kinds.add('repo-item')
  return {
    items: shelves.flatMap((shelf) => (shelf.kind === 'repo-item' ? inRepos(shelf, file) : itemsOf(shelf, file))),
    kinds,
  }
}

const itemsOf = (shelf: Shelf, from: Fields, repo = '', path = ''): readonly FileItem[] =>
  listIn(from, shelf.plural).map((value, index) => {
    const body = new Fields(value)
    return {
      item: itemOf(shelf.kind, { id: body.name(shelf.id), repo }, body),
      where: `${path}${shelf.plural}/${index}`,
    }
  })

const inRepos = (shelf: Shelf, file: Fields): readonly FileItem[] =>
  listIn(file, 'repos').flatMap((value, index) => {
    const repo = new Fields(value)
    return itemsOf(shelf, repo, repo.name('repo'), `repos/${index}/`)
  })

const listIn = (fields: Fields, name: string) => (fields.has(name) ? fields.list(name) : [])
