// YAML text -> a plain tree with places. YAML 1.2 core schema: `NO` is a string. Refused because
// they let a file say what its reader does not see: tags, merge keys, directives, several documents,
// keys twice, keys that are not text. Aliases are followed within a bound on the nodes they make.

import type { Alias, Pair, ParsedNode, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { quote } from './problem.ts';
import type { Problems } from './problem.ts';
import type { SourceFile, Span } from './source-file.ts';
import { reportYaml, spanOf } from './yaml-mistakes.ts';

export interface ScalarNode extends Span {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** As written where plain ("05", "1e6"), resolved where quoted or a block. */
  readonly text: string;
  readonly style: ScalarStyle;
}
export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal' | 'folded';

export interface MapEntry {
  readonly key: ScalarNode;
  readonly name: string;
  readonly value: Tree;
}
export interface MapNode extends Span {
  readonly kind: 'map';
  readonly entries: readonly MapEntry[];
}
export interface ListNode extends Span {
  readonly kind: 'list';
  readonly items: readonly Tree[];
}
export type Tree = ScalarNode | MapNode | ListNode;

/** Bounds what aliases may multiply to. */
export const TREE_NODES_MAX = 300_000;
const TREE_DEPTH_MAX = 64;

const STYLES: ReadonlyMap<string, ScalarStyle> = new Map<string, ScalarStyle>([
  ['QUOTE_SINGLE', 'single'],
  ['QUOTE_DOUBLE', 'double'],
  ['BLOCK_LITERAL', 'literal'],
  ['BLOCK_FOLDED', 'folded'],
]);

/** The file's tree, or null after its problems are reported. */
export function parseYaml(file: SourceFile, problems: Problems): Tree | null {
  if (file.text.includes('\r') && !file.text.includes('\n')) {
    return problems.error(spanOf(file, 0, 1), 'The lines end in CR alone: write LF or CRLF.');
  }
  const document = parseDocument(file.text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    // Checked here: the library's check is quadratic.
    uniqueKeys: false,
    prettyErrors: false,
    // With 'silent' a second document would be left unread, and nothing said of it.
    logLevel: 'error',
  });
  const errorsBefore = problems.errorCount;
  reportYaml(file, document, problems);
  const directive = document.directives?.yaml.explicit === true ? 0 : directiveAt(file.text);
  if (directive !== -1) {
    problems.error(
      spanOf(file, directive, directive + 1),
      'Directives (lines that begin with %) are not allowed here.',
    );
  }
  if (problems.errorCount > errorsBefore) return null;
  if (document.contents === null) return emptyTree(file, problems);
  const builder = new TreeBuilder(file, problems);
  const tree = builder.build(document.contents, '', null, 0);
  return problems.errorCount > errorsBefore ? null : tree;
}

/**
 * Where a directive stands at the beginning of the file, or after the end of its document, where the
 * library leaves it unread; -1 = nowhere.
 */
function directiveAt(text: string): number {
  if (text.startsWith('%')) return 0;
  const end = text.search(/^\.\.\.\s/m);
  if (end === -1) return -1;
  const after = text.slice(end).search(/^%/m);
  return after === -1 ? -1 : end + after;
}

function emptyTree(file: SourceFile, problems: Problems): null {
  return problems.error(spanOf(file, 0, 1), 'The file is empty.');
}

class TreeBuilder {
  readonly #file: SourceFile;
  readonly #anchors = new Map<string, ParsedNode>();
  readonly #problems: Problems;
  #nodeCount = 0;

  constructor(file: SourceFile, problems: Problems) {
    this.#file = file;
    this.#problems = problems;
  }

  build(node: ParsedNode | null, path: string, rule: string | null, depth: number): Tree | null {
    if (node === null) return null;
    const [start, end] = node.range;
    const span: Span = { file: this.#file, start, end, path, rule };
    if (++this.#nodeCount > TREE_NODES_MAX) return this.#tooLarge(span);
    if (depth > TREE_DEPTH_MAX) {
      return this.#problems.error(span, `The YAML is nested deeper than ${TREE_DEPTH_MAX} levels.`);
    }
    if (isAlias(node)) return this.#alias(node, span, depth);
    // In document order, so that an alias means the anchor before it.
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    if (node.tag !== undefined) {
      return this.#problems.error(span, `Tags are not allowed, remove ${quote(node.tag)}.`);
    }
    if (isScalar(node)) return scalarOf(node, span);
    if (isSeq(node)) return this.#list(node, span, depth);
    if (isMap(node))
      return this.#map(node as unknown as YAMLMap<ParsedNode, ParsedNode>, span, depth);
    return this.#problems.error(span, 'This YAML is not understood.');
  }

  #tooLarge(span: Span): null {
    // Once is enough.
    if (this.#nodeCount > TREE_NODES_MAX + 1) return null;
    return this.#problems.error(
      span,
      `The file has more than ${TREE_NODES_MAX} values, those repeated by aliases included.`,
    );
  }

  #alias(node: Alias.Parsed, span: Span, depth: number): Tree | null {
    const target = this.#anchors.get(node.source);
    if (target === undefined) {
      return this.#problems.error(span, `There is no anchor named ${quote(node.source)}.`);
    }
    // An alias inside its own anchor ends at the depth limit.
    return this.build(target, span.path, span.rule, depth + 1);
  }

  #list(node: YAMLSeq<ParsedNode>, span: Span, depth: number): Tree {
    const items: Tree[] = [];
    for (const [index, item] of node.items.entries()) {
      if (this.#nodeCount > TREE_NODES_MAX) break;
      const rule = span.path === 'rules' ? idOf(item) : span.rule;
      const tree = this.build(item, `${span.path}[${index}]`, rule, depth + 1);
      if (tree !== null) items.push(tree);
    }
    return { ...span, kind: 'list', items };
  }

  #map(node: YAMLMap<ParsedNode, ParsedNode>, span: Span, depth: number): Tree {
    const entries: MapEntry[] = [];
    const seen = new Set<string>();
    for (const pair of node.items) {
      if (this.#nodeCount > TREE_NODES_MAX) break;
      const entry = this.#entry(pair, span, depth);
      if (entry === null) continue;
      if (seen.has(entry.name)) {
        this.#problems.error(entry.key, `The key ${quote(entry.name)} stands here twice.`);
        continue;
      }
      seen.add(entry.name);
      entries.push(entry);
    }
    return { ...span, kind: 'map', entries };
  }

  #entry(pair: Pair<ParsedNode, ParsedNode | null>, span: Span, depth: number): MapEntry | null {
    const keyTree = this.build(pair.key, span.path, span.rule, depth + 1);
    if (keyTree === null) return null;
    if (keyTree.kind !== 'scalar' || keyTree.value === null) {
      return this.#problems.error(keyTree, 'A key must be a word.');
    }
    if (keyTree.text === '<<' && keyTree.style === 'plain') {
      return this.#problems.error(keyTree, 'Merge keys (<<) are not allowed: write the keys out.');
    }
    const path = span.path === '' ? keyTree.text : `${span.path}.${keyTree.text}`;
    const key: ScalarNode = { ...keyTree, path };
    const empty: ScalarNode = {
      ...key,
      kind: 'scalar',
      value: null,
      text: '',
      style: 'plain',
    };
    const value = pair.value === null ? empty : this.build(pair.value, path, span.rule, depth + 1);
    return value === null ? null : { key, name: keyTree.text, value };
  }
}

function scalarOf(node: Scalar.Parsed, span: Span): ScalarNode {
  const { value } = node as { value: unknown };
  const style = STYLES.get(node.type ?? 'PLAIN') ?? 'plain';
  const text = typeof value === 'string' ? value : node.source;
  const isPlainValue =
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  // Written out: spreading a span is ten times as slow, and a file may have 300,000 of these.
  return {
    kind: 'scalar',
    value: isPlainValue ? value : null,
    text,
    style,
    file: span.file,
    start: span.start,
    end: span.end,
    path: span.path,
    rule: span.rule,
  };
}

/** The id that a rule's map carries, so that problems inside can name the rule. */
function idOf(item: ParsedNode): string | null {
  if (!isMap(item)) return null;
  const id: unknown = (item as unknown as YAMLMap).get('id');
  return typeof id === 'string' && id !== '' ? id : null;
}

/** Equal trees give equal text; order of a map's keys does not count. */
export function canonicalTree(tree: Tree): string {
  switch (tree.kind) {
    case 'scalar':
      return JSON.stringify(tree.value);
    case 'list':
      return `[${tree.items.map(canonicalTree).join(',')}]`;
    case 'map': {
      const parts = tree.entries.map(
        ({ name, value }) => `${JSON.stringify(name)}:${canonicalTree(value)}`,
      );
      return `{${parts.toSorted().join(',')}}`;
    }
  }
}
