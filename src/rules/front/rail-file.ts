// One rail file: the windows in which money goes back on that rail. Its form is in docs/rails.md.

import type { Method, RailEnd, RailMethod, RailPlan } from '../../domain/rails.ts';
import { METHODS } from '../../domain/rails.ts';
import { quote } from './problem.ts';
import type { Problems } from './problem.ts';
import { CUT_OFF_DAYS_MAX, RAIL_KEYS, RAIL_METHOD_KEYS, RAIL_UNTIL_KEYS } from './rail-keys.ts';
import {
  readDuration,
  readInteger,
  readKeys,
  readList,
  readScalar,
  readText,
  readZone,
  wordList,
} from './read-tree.ts';
import { formatDuration, parseDuration } from './units.ts';
import type { SourceFile } from './source-file.ts';
import type { ScalarNode, Tree } from './yaml-tree.ts';
import { parseYaml } from './yaml-tree.ts';

const DAY_MS = 86_400_000;
const LONGEST_MS = 3660 * DAY_MS;
const MONTHS_MAX = 120;
const QUERIES_MAX = 32;
const NAME_LENGTH_MAX = 64;

export interface RailFile {
  /** Where its name stands. */
  readonly name: ScalarNode;
  /** null = what else it says is wrong, and reported. */
  readonly plan: RailPlan | null;
}

/** The file's rail, or null where not even its name can be read. */
export function readRailFile(
  file: SourceFile,
  timezone: string,
  problems: Problems,
): RailFile | null {
  const errorsBefore = problems.errorCount;
  const root = parseYaml(file, problems);
  const entries = root === null ? null : readKeys(root, RAIL_KEYS, 'the rail file', problems);
  if (root === null || entries === null) return null;
  const valueOf = (key: string): Tree | null => entries.get(key)?.value ?? null;

  const name = valueOf('rail');
  const hasName = name !== null && readName(name, problems);
  const description = valueOf('description');
  if (description !== null) readText(description, 'description', problems);
  const zone = valueOf('timezone');
  const queryFirst = valueOf('queryFirst');
  const plan: RailPlan = {
    name: hasName ? (name as ScalarNode).text : '',
    timezone: (zone === null ? null : readZone(zone, problems)) ?? timezone,
    methods: METHODS.flatMap((method) => {
      const tree = valueOf(method.toLowerCase());
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
  if (name.length > 0 && name.length <= NAME_LENGTH_MAX) return true;
  problems.error(tree, `The name of a rail has 1 to ${NAME_LENGTH_MAX} characters.`);
  return false;
}

function readMethod(tree: Tree, method: Method, problems: Problems): RailMethod {
  const what = `"${method.toLowerCase()}"`;
  const entries = readKeys(tree, RAIL_METHOD_KEYS, what, problems) ?? new Map();
  const notBefore: Tree | null = entries.get('notBefore')?.value ?? null;
  const within: Tree | null = entries.get('within')?.value ?? null;
  const until: Tree | null = entries.get('until')?.value ?? null;
  const notBeforeMs =
    notBefore === null ? 0 : (readDuration(notBefore, 'notBefore', 0, LONGEST_MS, problems) ?? 0);
  if (within !== null && until !== null) {
    problems.error(until, `Here ${what} ends either "within" or "until", not both.`);
  }
  let end: RailEnd | null = { kind: 'never' };
  if (until !== null) end = readUntil(until, problems);
  else if (within !== null) end = readWithin(within, problems);
  if (end?.kind === 'length' && end.ms <= notBeforeMs && within !== null) {
    const opens = formatDuration(notBeforeMs);
    problems.error(within, `It is never open: it opens ${opens} after the payment.`);
  }
  return { method, notBeforeMs, end: end ?? { kind: 'never' } };
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
  const ms = readDuration(scalar, 'within', 1, LONGEST_MS, problems);
  return ms === null ? null : { kind: 'length', ms };
}

function readUntil(tree: Tree, problems: Problems): RailEnd | null {
  const entries = readKeys(tree, RAIL_UNTIL_KEYS, '"until"', problems);
  const cutOff = entries?.get('cutOff')?.value;
  const days = entries?.get('days')?.value;
  const minuteOfDay = cutOff === undefined ? null : readTimeOfDay(cutOff, problems);
  const dayCount =
    days === undefined ? 0 : readInteger(days, 'days', 0, CUT_OFF_DAYS_MAX, problems);
  if (minuteOfDay === null || dayCount === null) return null;
  return { kind: 'cutOff', days: dayCount, minuteOfDay };
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
