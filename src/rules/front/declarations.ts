// What a rules file declares before its rules: fields, entities, lists, registers and lets. Names of
// expressions share one space, so that a name means one thing; all are kept in Maps.

import type { FieldSpec, FieldType } from '../../domain/fields.ts';
import { FIELDS_MAX, TRANSACTION_FIELDS } from '../../domain/fields.ts';
import type { ListData, RegisterData } from '../../domain/plan.ts';
import { nearMiss } from './near-miss.ts';
import { CelSource, parseCel } from './cel-source.ts';
import type { Declaration, FieldInfo, LetDeclaration } from './check/scope.ts';
import { valueTypeOf } from './check/scope.ts';
import type { RegisterShape } from './data-files.ts';
import { readListFile, readRegisterFile } from './data-files.ts';
import type { RulesDocument } from './documents.ts';
import { resolvePath } from './documents.ts';
import { REGISTER_KEYS } from './keys.ts';
import { BUILT_IN_ENTITIES, RESERVED_FIELDS, RESERVED_WORDS, isIdentifier } from './names.ts';
import { quote } from './problem.ts';
import type { Problems } from './problem.ts';
import type { ContentHash, ReadFile } from './read-file.ts';
import { CSV_BYTES_MAX, readText } from './read-file.ts';
import { isEmpty, readKeys, readMap, readOneOf, readPath, readTexts } from './read-tree.ts';
import type { CellType } from './register-cells.ts';
import { CELL_TYPES } from './register-cells.ts';
import { KEY_PARTS_MAX } from './shapes.ts';
import { SourceFile } from './source-file.ts';
import type { MapEntry, ScalarNode, Tree } from './yaml-tree.ts';

const RESERVED: ReadonlySet<string> = new Set(RESERVED_WORDS);
const EXTRA_FIELD_TYPES = ['string', 'number', 'boolean', 'integer', 'money', 'time'] as const;
const EXTRA_FIELDS_MAX: number = FIELDS_MAX - TRANSACTION_FIELDS.length;
const STRING_BYTES_MAX = 1024;

export interface Declarations {
  readonly fields: ReadonlyMap<string, FieldInfo>;
  readonly extraFields: readonly FieldSpec[];
  readonly brokenFields: ReadonlySet<string>;
  readonly names: ReadonlyMap<string, Declaration>;
  readonly lists: readonly ListData[];
  readonly registers: readonly RegisterData[];
  readonly lets: readonly LetDeclaration[];
}

export class DeclarationReader {
  readonly #problems: Problems;
  readonly #readFile: ReadFile;
  readonly #hash: ContentHash;
  readonly #currency: string | null;
  readonly #names = new Map<string, Declaration>();
  readonly #places = new Map<string, ScalarNode>();
  readonly #fields = new Map<string, FieldInfo>();
  readonly #extraFields: FieldSpec[] = [];
  readonly #brokenFields = new Set<string>();
  readonly #lists: ListData[] = [];
  readonly #registers: RegisterData[] = [];
  readonly #lets: LetDeclaration[] = [];

  constructor(problems: Problems, readFile: ReadFile, hash: ContentHash, currency: string | null) {
    this.#problems = problems;
    this.#readFile = readFile;
    this.#hash = hash;
    this.#currency = currency;
    TRANSACTION_FIELDS.forEach((spec, number) => {
      this.#fields.set(spec.name, { number, spec, type: valueTypeOf(spec.type) });
    });
    for (const name of BUILT_IN_ENTITIES) {
      this.#names.set(name, { kind: 'entity', name, keyNames: [name] });
    }
  }

  read(documents: readonly RulesDocument[]): Declarations {
    this.#each(documents, 'fields', (entry) => this.#field(entry));
    this.#each(documents, 'entities', (entry) => this.#entity(entry));
    this.#each(documents, 'lists', (entry) => this.#list(entry));
    this.#each(documents, 'registers', (entry) => this.#register(entry));
    this.#each(documents, 'let', (entry) => this.#let(entry));
    return {
      fields: this.#fields,
      extraFields: this.#extraFields,
      brokenFields: this.#brokenFields,
      names: this.#names,
      lists: this.#lists,
      registers: this.#registers,
      lets: this.#lets,
    };
  }

  #each(documents: readonly RulesDocument[], key: string, read: (entry: MapEntry) => void): void {
    for (const { entries } of documents) {
      const section = entries.get(key);
      if (section === undefined) continue;
      for (const entry of readMap(section.value, `"${key}"`, this.#problems)?.entries ?? []) {
        read(entry);
      }
    }
  }

  /** Takes `name` for `declaration`, or reports who has it. */
  #declare(key: ScalarNode, declaration: Declaration): boolean {
    const name = key.text;
    if (RESERVED.has(name)) {
      this.#problems.error(key, `${quote(name)} is a reserved word and cannot be declared.`);
      return false;
    }
    if (!isIdentifier(name)) {
      this.#problems.error(
        key,
        `${quote(name)} cannot be a name: letters, digits and _ only, not beginning with a digit, up to 64.`,
      );
      return false;
    }
    const earlier = this.#places.get(name);
    if (earlier !== undefined || this.#names.has(name)) {
      const where =
        earlier === undefined
          ? 'it is a built-in entity'
          : `it is declared in ${quote(earlier.file.name)} as ${earlier.path}`;
      this.#problems.error(key, `The name ${quote(name)} is taken: ${where}.`);
      return false;
    }
    this.#places.set(name, key);
    this.#names.set(name, declaration);
    return true;
  }

  #field({ key, name, value }: MapEntry): void {
    const type = readOneOf(value, 'the type of a field', EXTRA_FIELD_TYPES, this.#problems);
    if (!isIdentifier(name) || RESERVED_FIELDS.includes(name)) {
      this.#problems.error(
        key,
        `${quote(name)} cannot be a field's name: letters, digits and _ only.`,
      );
      return;
    }
    if (this.#fields.has(name)) {
      const isOwn = this.#extraFields.some((field) => field.name === name);
      const why = isOwn ? 'is declared twice' : 'is in the contract already';
      this.#problems.error(key, `The field ${quote(name)} ${why}.`);
      return;
    }
    if (this.#extraFields.length === EXTRA_FIELDS_MAX) {
      this.#problems.error(key, `More than ${EXTRA_FIELDS_MAX} extra fields are declared.`);
      return;
    }
    if (type === null) {
      this.#brokenFields.add(name);
      return;
    }
    const spec: FieldSpec = {
      name,
      type: type satisfies FieldType,
      bytesMax: STRING_BYTES_MAX,
      neededBy: [],
      meaning: 'declared in the rules file',
    };
    const number = TRANSACTION_FIELDS.length + this.#extraFields.push(spec) - 1;
    this.#fields.set(name, { number, spec, type: valueTypeOf(type) });
  }

  #entity({ key, name, value }: MapEntry): void {
    const parts = readTexts(value, 'the key of an entity', this.#problems);
    if (parts === null || !this.#checkKeyFields(value, parts)) {
      this.#declare(key, { kind: 'broken', name });
      return;
    }
    this.#declare(key, { kind: 'entity', name, keyNames: parts.map(({ text }) => text) });
  }

  #checkKeyFields(value: Tree, parts: readonly ScalarNode[]): boolean {
    const before = this.#problems.errorCount;
    if (parts.length === 0 || parts.length > KEY_PARTS_MAX) {
      this.#problems.error(value, `The key of an entity is 1 to ${KEY_PARTS_MAX} fields.`);
    }
    const seen = new Set<string>();
    for (const part of parts) {
      if (!this.#fields.has(part.text) && !this.#brokenFields.has(part.text)) {
        const message = `The transaction has no field ${quote(part.text)}.`;
        this.#problems.error(part, message, nearMiss(part.text, this.#fields.keys()));
      } else if (seen.has(part.text)) {
        this.#problems.error(part, `The field ${quote(part.text)} stands in the key twice.`);
      }
      seen.add(part.text);
    }
    return this.#problems.errorCount === before;
  }

  #list({ key, name, value }: MapEntry): void {
    const path =
      value.kind === 'scalar'
        ? readPath(value, 'a list', this.#problems)
        : this.#problems.error(value, 'Here a list must be the path of a CSV file.');
    const file = path === null ? null : this.#csv('list', name, value as ScalarNode, path);
    const data =
      file === null ? null : readListFile(name, file, value as ScalarNode, this.#problems);
    if (data === null) this.#declare(key, { kind: 'broken', name });
    else if (this.#declare(key, { kind: 'list', name, index: this.#lists.length })) {
      this.#lists.push(data);
    }
  }

  #register({ key, name, value }: MapEntry): void {
    const entries = readKeys(value, REGISTER_KEYS, 'a register', this.#problems);
    const fileEntry = entries?.get('file');
    const path = fileEntry === undefined ? null : readPath(fileEntry.value, 'file', this.#problems);
    const shape = entries === null || entries === undefined ? null : this.#shape(key, entries);
    const file =
      path === null || shape === null
        ? null
        : this.#csv('register', name, fileEntry?.value as ScalarNode, path);
    const register =
      file === null || shape === null ? null : readRegisterFile(shape, file, this.#problems);
    if (register === null) {
      this.#declare(key, { kind: 'broken', name });
      return;
    }
    const { isWindows, data } = register;
    const index = this.#registers.length;
    if (this.#declare(key, { kind: 'register', name, index, isWindows }))
      this.#registers.push(data);
  }

  #shape(at: ScalarNode, entries: ReadonlyMap<string, MapEntry>): RegisterShape | null {
    const before = this.#problems.errorCount;
    const keyEntry = entries.get('key');
    const key = keyEntry === undefined ? [] : readTexts(keyEntry.value, 'key', this.#problems);
    if (
      keyEntry !== undefined &&
      key !== null &&
      (key.length === 0 || key.length > KEY_PARTS_MAX)
    ) {
      this.#problems.error(
        keyEntry.value,
        `The key of a register is 1 to ${KEY_PARTS_MAX} columns.`,
      );
    }
    const seen = new Set<string>();
    for (const part of key ?? []) {
      if (seen.has(part.text)) {
        this.#problems.error(part, `The column ${quote(part.text)} stands in the key twice.`);
      }
      seen.add(part.text);
    }
    const types = new Map<string, { readonly type: CellType; readonly at: ScalarNode }>();
    const typesEntry = entries.get('types');
    const typeMap =
      typesEntry === undefined ? null : readMap(typesEntry.value, 'types', this.#problems);
    for (const entry of typeMap?.entries ?? []) {
      const type = readOneOf(entry.value, 'the type of a column', CELL_TYPES, this.#problems);
      if (type === null) continue;
      types.set(entry.name, { type, at: entry.key });
      if (type === 'money' && this.#currency === null) {
        this.#problems.error(entry.value, 'Money is used here, so the file needs a "currency".');
      }
    }
    if (key === null || this.#problems.errorCount > before) return null;
    return { name: at.text, key, at, types, currency: this.#currency };
  }

  #csv(kind: string, name: string, at: ScalarNode, path: string): SourceFile | null {
    const target = resolvePath(at.file, path);
    const read = readText(target, CSV_BYTES_MAX, this.#readFile);
    if (!read.ok) {
      return this.#problems.error(
        at,
        `The file ${quote(target)} of ${kind} ${quote(name)} ${read.reason}.`,
      );
    }
    this.#hash.add(`${kind} ${name}`, read.text);
    return new SourceFile(target, read.text);
  }

  #let({ key, name, value }: MapEntry): void {
    if (isEmpty(value)) {
      this.#problems.error(key, `The let ${quote(name)} has no expression.`);
      this.#declare(key, { kind: 'broken', name });
      return;
    }
    if (value.kind !== 'scalar') {
      const message = `A let is one expression; a list is written in quotes: ${name}: '["a", "b"]'.`;
      this.#problems.error(value, message);
      this.#declare(key, { kind: 'broken', name });
      return;
    }
    const source = new CelSource(value);
    const ast = parseCel(source, this.#problems);
    const declaration: LetDeclaration = { kind: 'let', name, source, ast, isBroken: ast === null };
    if (this.#declare(key, declaration)) this.#lets.push(declaration);
  }
}
