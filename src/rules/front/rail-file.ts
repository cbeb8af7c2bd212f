// One rail file: the windows in which money goes back on that rail. Its form is in docs/rails.md.

import type { Method, RailEnd, RailMethod, RailPlan } from '../../domain/rails.ts';
import { METHODS } from '../../domain/rails.ts';
import { hasAnyKey } from './foreign-file.ts';
import { Problems, quote } from './problem.ts';
import {
  CUT_OFF_DAYS_MAX,
  QUERIES_MAX,
  RAIL_KEYS,
  RAIL_METHOD_KEYS,
  RAIL_UNTIL_KEYS,
} from './rail-keys.ts';
import {
  readDuration,
  readKeys,
  readList,
  readScalar,
  readText,
  readZone,
  wordList,
} from './read-tree.ts';
import { DURATION_MS_MAX, Section } from './section.ts';
import { formatDuration, parseDuration } from './units.ts';
import { RAIL_NAME_LENGTH_MAX } from './shapes.ts';
import type { SourceFile } from './source-file.ts';
import type { ScalarNode, Tree } from './yaml-tree.ts';
import { parseYaml } from './yaml-tree.ts';

const DAY_MS = 86_400_000;
const MONTHS_MAX = 120;

export interface RailFile {
  /** Where its name stands. */
  readonly name: ScalarNode;
  /** null = what else it says is wrong, and reported. */
  readonly plan: RailPlan | null;
}

/**
 * The file's rail, or null where not even its name can be read.
 * @param at where another file names it
 */
export function readRailFile(
  file: SourceFile,
  at: ScalarNode,
  timezone: string,
  problems: Problems,
): RailFile | null {
  const errorsBefore = problems.errorCount;
  const own = new Problems();
  const root = parseYaml(file, own);
  const names = RAIL_KEYS.map((key) => key.name);
  if (file.text.trim() !== '' && !hasAnyKey(root, file.text, names)) {
    const message = `The file ${quote(file.name)} is no rail file: it has none of the keys of one; expected ${wordList(names)}.`;
    problems.error(at, message);
    return null;
  }
  problems.addAll(own);
  const entries = root === null ? null : readKeys(root, RAIL_KEYS, 'the rail file', problems);
  if (root === null || entries === null) return null;
  const section = new Section(entries, problems);

  const name = section.tree('rail');
  const hasName = name !== null && readName(name, problems);
  const description = section.tree('description');
  if (description !== null) readText(description, 'description', problems);
  const zone = section.tree('timezone');
  const queryFirst = section.tree('queryFirst');
  const plan: RailPlan = {
    name: hasName ? (name as ScalarNode).text : '',
    timezone: (zone === null ? null : readZone(zone, problems)) ?? timezone,
    methods: METHODS.flatMap((method) => {
      const tree = section.tree(method.toLowerCase());
      return tree === null ? [] : [readMethod(tree, method, problems)];
    }),
    queryFirstMs: queryFirst === null ? null : readQueries(queryFirst, problems),
  };
  if (plan.methods.length === 0) {
    const words = METHODS.map((method) => `"${method.toLowerCase()}"`);
    problems.error(name ?? root, `The rail has no way back: expected ${wordList(words)}.`);
  }
  if (!hasName) return null;
  return { name: name as ScalarNode, plan: problems.errorCount > errorsBefore ? null : plan };
}

function readName(tree: Tree, problems: Problems): boolean {
  const name = readText(tree, 'rail', problems);
  if (name === null) return false;
  const { length } = Array.from(name);
  if (length > 0 && length <= RAIL_NAME_LENGTH_MAX) return true;
  problems.error(
    tree,
    `The name of a rail has 1 to ${RAIL_NAME_LENGTH_MAX} characters (code points).`,
  );
  return false;
}

/** What is wrong is reported and taken as not said: a rail with a problem is not used. */
function readMethod(tree: Tree, method: Method, problems: Problems): RailMethod {
  const word = method.toLowerCase();
  const section = Section.in(tree, word, RAIL_METHOD_KEYS, problems);
  const notBeforeMs = section.duration('notBefore', 0, 0);
  const within = section.tree('within');
  const until = section.tree('until');
  if (within !== null && until !== null) {
    problems.error(until, `Here "${word}" ends either "within" or "until", not both.`);
  }
  let end: RailEnd = { kind: 'never' };
  if (until !== null) end = readUntil(until, problems);
  else if (within !== null) end = readWithin(within, problems) ?? end;
  if (end.kind === 'length' && end.ms <= notBeforeMs && within !== null) {
    const opens = formatDuration(notBeforeMs);
    problems.error(within, `It is never open: it opens ${opens} after the payment.`);
  }
  return { method, notBeforeMs, end };
}

function readWithin(tree: Tree, problems: Problems): RailEnd | null {
  const scalar = readScalar(tree, 'within', problems);
  if (scalar === null) return null;
  const match = /^(\d{1,3}) (month|year)s?$/.exec(scalar.text);
  if (match !== null) {
    const months = Number(match[1]) * (match[2] === 'year' ? 12 : 1);
    if (months >= 1 && months <= MONTHS_MAX) return { kind: 'months', months };
    return problems.error(scalar, `Here within must be from 1 month to ${MONTHS_MAX / 12} years.`);
  }
  if (parseDuration(scalar.text) === null) {
    return problems.error(
      scalar,
      `Here within must be a duration such as 7d, or calendar months or years such as 11 months; ${quote(scalar.text)} is neither.`,
    );
  }
  const ms = readDuration(scalar, 'within', 1, DURATION_MS_MAX, problems);
  return ms === null ? null : { kind: 'length', ms };
}

function readUntil(tree: Tree, problems: Problems): RailEnd {
  const section = Section.in(tree, 'until', RAIL_UNTIL_KEYS, problems);
  const cutOff = section.tree('cutOff');
  const minuteOfDay = cutOff === null ? null : readTimeOfDay(cutOff, problems);
  const days = section.integer('days', 0, CUT_OFF_DAYS_MAX, 0);
  return { kind: 'cutOff', days, minuteOfDay: minuteOfDay ?? 0 };
}

/** Minutes since local midnight, 24:00 included. */
function readTimeOfDay(tree: Tree, problems: Problems): number | null {
  const scalar = readScalar(tree, 'cutOff', problems);
  if (scalar === null) return null;
  const match = /^(\d\d):(\d\d)$/.exec(scalar.text);
  const [hours, minutes] = [Number(match?.[1]), Number(match?.[2])];
  const minuteOfDay = hours * 60 + minutes;
  if (minutes < 60 && minuteOfDay <= 24 * 60) return minuteOfDay;
  return problems.error(
    scalar,
    `Here cutOff must be a time of day from 00:00 to 24:00, such as "23:00", not ${quote(scalar.text)}.`,
  );
}

function readQueries(tree: Tree, problems: Problems): number[] | null {
  const list = readList(tree, 'queryFirst', problems);
  if (list === null) return null;
  const { length } = list.items;
  if (length === 0 || length > QUERIES_MAX) {
    return problems.error(list, `Here queryFirst must be 1 to ${QUERIES_MAX} durations.`);
  }
  return list.items.map((item) => readDuration(item, 'queryFirst', 1, DAY_MS, problems) ?? 0);
}
