// A slow, obvious decision encoder: what the fast ones are held against. It works on plain objects
// that say what one row and its verdict are, and also lays them out as the fast ones want them.

import type { Masking } from '../../src/domain/card-numbers.ts';
import { maskText } from '../../src/domain/card-numbers.ts';
import type {
  Decision,
  DecisionEvidence,
  DecisionReason,
  EvidenceItem,
  EvidenceValue,
  ShadowVerdict,
} from '../../src/domain/decision.ts';
import { DECISION_FLAGS, OUTCOMES } from '../../src/domain/decision.ts';
import type { Plan, RulePlan } from '../../src/domain/plan.ts';
import { DEFAULT_LIFE } from '../../src/domain/plan.ts';
import { CAUSES } from '../../src/domain/life.ts';
import { METHODS, ON_EXPIRY } from '../../src/domain/rails.ts';
import { REASONS } from '../../src/domain/reasons.ts';
import type { RowLayout } from '../../src/domain/row-layout.ts';
import { ROW, ROW_FLAG, fieldNumber, makeRowLayout } from '../../src/domain/row-layout.ts';
import type {
  AmendmentHead,
  EvidenceReader,
  EvidenceTemplate,
  RowTable,
  Verdict,
} from '../../src/domain/verdict.ts';
import { EVIDENCE_ITEMS_MAX, EVIDENCE_KIND, NO_BLOCKS } from '../../src/domain/verdict.ts';

export interface RuleModel {
  readonly id: string;
  readonly mode: 'live' | 'shadow' | 'score';
  readonly outcome: number;
  readonly reason: number;
  readonly templates: readonly EvidenceTemplate[];
}

export interface PlanModel {
  readonly rules: readonly RuleModel[];
  readonly exempts: readonly string[];
  readonly version: string | null;
  readonly invalidOutcome: number;
  /** queryFirst of each rail. */
  readonly rails: readonly (readonly number[] | null)[];
}

export interface RowModel {
  readonly id: string;
  readonly account: string | null;
  readonly merchant: string | null;
  readonly order: string | null;
  readonly timeMs: number | null;
  readonly revision: number;
  /** Names of DECISION_FLAGS. */
  readonly flags: readonly string[];
}

/** undefined = missing */
export type ValueModel = number | string | boolean | undefined;

export interface FiredModel {
  readonly rule: number;
  /** undefined where the item did not hold. */
  readonly items: readonly (readonly [ValueModel, ValueModel] | undefined)[];
  /** NaN = none */
  readonly score: number;
  readonly exempts: readonly number[];
}

export interface VerdictModel {
  readonly outcome: number;
  readonly reasonRules: readonly number[];
  readonly scoreOutcome: number;
  readonly score: number;
  readonly fired: readonly FiredModel[];
  readonly shadowRules: readonly number[];
  /** Index into REASONS; null = none. */
  readonly engineReason: number | null;
  readonly hold: HoldModel | null;
  readonly reversal: ReversalModel | null;
}

export interface HoldModel {
  /** Infinite: the decision has no hold. */
  readonly expiresMs: number;
  readonly onExpiry: number;
}

export interface ReversalModel {
  readonly method: number;
  /** NaN or infinite: left out. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly fallbackMethod: number | null;
  readonly queryRail: number | null;
}

export interface HeadModel {
  readonly id: string;
  readonly account: string | null;
  readonly causedBy: string | null;
  readonly cause: number;
  readonly revision: number;
  /** NaN or infinite: left out. */
  readonly timeMs: number;
  readonly flags: readonly string[];
}

export const HASH = '0123456789abcdef0123456789abcdef';
const NOWHERE = { file: 'rules.yaml', line: 1, column: 1 };

export function makePlan(model: PlanModel): Plan {
  const rules = model.rules.map((rule): RulePlan => ({
    id: rule.id,
    trigger: null,
    description: null,
    when: { op: 'boolean', value: true, type: 'boolean', text: 'true', at: NOWHERE },
    mode: rule.mode,
    outcome: OUTCOMES[rule.outcome] ?? 'allow',
    reason: rule.mode === 'score' ? -1 : rule.reason,
    score: null,
    isLife: false,
    hold: null,
    at: NOWHERE,
  }));
  return {
    ruleset: 'reference',
    version: model.version,
    description: null,
    hash: HASH,
    currency: null,
    life: {
      ...DEFAULT_LIFE,
      rails: model.rails.map((queryFirstMs, k) => ({
        name: `rail ${k}`,
        timezone: 'UTC',
        methods: [],
        queryFirstMs,
      })),
    },
    rates: [],
    timezone: 'UTC',
    extraFields: [],
    fieldsRead: [],
    entities: [],
    features: [],
    lists: [],
    registers: [],
    reasons: REASONS,
    rules,
    exempt: model.exempts.map((id) => ({ id, when: rules[0]!.when, from: ['hold'], rules: null })),
    score: { hold: null, reverse: null },
    invalid: { outcome: OUTCOMES[model.invalidOutcome] ?? 'hold' },
    time: { latenessMs: 300_000, aheadMaxMs: 3_600_000, scanMax: 4096 },
    keepMs: 0,
    limits: { rowsPerEntity: 1, entities: 1, pending: 1 },
    repeats: { forMs: 1, ids: 1 },
    tests: [],
  };
}

export const LAYOUT: RowLayout = makeRowLayout([], new Set(['amount']), false);

/** A table with the row as its row number `row`; the strings stand with odd bytes around them. */
export function makeTable(model: RowModel, row: number): RowTable {
  const records = new SharedArrayBuffer(LAYOUT.strideBytes * (row + 1));
  const i32 = new Int32Array(records).fill(0x22222222);
  const f64 = new Float64Array(records);
  const bytes = new Uint8Array(8192).fill(0x22);
  const record = (row * LAYOUT.strideBytes) >> 2;
  let at = 3;
  for (const name of ['id', 'account', 'merchant', 'order'] as const) {
    const slot = record + (LAYOUT.slots[fieldNumber(LAYOUT, name)]! >> 2);
    const text = model[name];
    i32[slot + 3] = -1;
    if (text === null) continue;
    const encoded = new TextEncoder().encode(text);
    bytes.set(encoded, at);
    i32[slot + 2] = at;
    i32[slot + 3] = encoded.length;
    at += encoded.length + 1;
  }
  f64[(record + (ROW.timeMs >> 2)) >> 1] = model.timeMs ?? Number.NaN;
  i32[record + (ROW.revision >> 2)] = model.revision;
  i32[record + (ROW.flags >> 2)] = ROW_FLAG.decided | ROW_FLAG.idReadable | bitsOf(model.flags);
  // Strings may end with the last byte of the slab.
  const slab = bytes.subarray(0, at - 1);
  return { i32, f64, bytes: slab, view: new DataView(slab.buffer, 0, slab.length) };
}

const BITS: Readonly<Record<string, number>> = {
  LATE: ROW_FLAG.late,
  REPEAT: ROW_FLAG.repeat,
  REPEAT_DIFFERS: ROW_FLAG.repeatDiffers,
  OVERDUE: ROW_FLAG.overdue,
  CURRENCY_UNKNOWN: ROW_FLAG.currencyUnknown,
  TRUNCATED: ROW_FLAG.truncated,
};

function bitsOf(flags: readonly string[]): number {
  return flags.reduce((all, flag) => all | (BITS[flag] ?? 0), 0);
}

export const ROW_FLAG_NAMES: readonly string[] = Object.keys(BITS);

export function makeVerdict(plan: PlanModel, model: VerdictModel): Verdict {
  const exemptWords = Math.ceil(plan.exempts.length / 32);
  const exemptBits = new Int32Array(model.fired.length * exemptWords);
  model.fired.forEach(({ exempts }, k) => {
    for (const e of exempts) exemptBits[k * exemptWords + (e >> 5)]! |= 1 << (e & 31);
  });
  return {
    outcome: model.outcome,
    reasonRules: Int32Array.from(model.reasonRules),
    reasonCount: model.reasonRules.length,
    scoreOutcome: model.scoreOutcome,
    scoreAt: scoreAtOf(plan, model),
    score: model.score,
    evidenceRules: Int32Array.from(model.fired, ({ rule }) => rule),
    evidenceCount: model.fired.length,
    exemptBits,
    exemptWords,
    shadowRules: Int32Array.from(model.shadowRules),
    shadowCount: model.shadowRules.length,
    ...NO_BLOCKS,
    engineReason: model.engineReason ?? -1,
    ...(model.hold === null
      ? {}
      : { holdExpiresMs: model.hold.expiresMs, holdOnExpiry: model.hold.onExpiry }),
    ...(model.reversal === null
      ? {}
      : {
          ...model.reversal,
          fallbackMethod: model.reversal.fallbackMethod ?? -1,
          queryRail: model.reversal.queryRail ?? -1,
        }),
  };
}

/** Rules that are as severe as SCORE; -1 where it is no reason. */
function scoreAtOf(plan: PlanModel, { reasonRules, scoreOutcome }: VerdictModel): number {
  if (scoreOutcome === 0) return -1;
  return reasonRules.filter((rule) => plan.rules[rule]!.outcome >= scoreOutcome).length;
}

/** Its texts stand with odd bytes around them; the last ends with its memory. */
export function makeHead(model: HeadModel): AmendmentHead {
  const id = new TextEncoder().encode(model.id);
  const account = new TextEncoder().encode(model.account ?? '');
  const cause = new TextEncoder().encode(model.causedBy ?? '');
  const bytes = Uint8Array.of(0x22, 0x22, 0x22, ...account, 0x5c, ...id);
  const causeBytes = Uint8Array.of(0x5c, ...cause);
  return {
    bytes,
    view: new DataView(bytes.buffer),
    idOffset: 4 + account.length,
    idLength: id.length,
    accountOffset: 3,
    accountLength: model.account === null ? -1 : account.length,
    causeBytes,
    causeView: new DataView(causeBytes.buffer),
    causeOffset: 1,
    causeLength: model.causedBy === null ? -1 : cause.length,
    cause: model.cause,
    revision: model.revision,
    eventTimeMs: model.timeMs,
    flags: ROW_FLAG.decided | ROW_FLAG.idReadable | bitsOf(model.flags),
  };
}

/** Reads the values that `fired` says. */
export function makeReader(plan: PlanModel, fired: () => readonly FiredModel[]): EvidenceReader {
  const memory = Array.from({ length: 2 * EVIDENCE_ITEMS_MAX }, () => new Uint8Array(512));
  const values = {
    held: new Uint8Array(EVIDENCE_ITEMS_MAX),
    kinds: new Uint8Array(2 * EVIDENCE_ITEMS_MAX),
    numbers: new Float64Array(2 * EVIDENCE_ITEMS_MAX),
    memory,
    offsets: new Int32Array(2 * EVIDENCE_ITEMS_MAX),
    lengths: new Int32Array(2 * EVIDENCE_ITEMS_MAX),
  };
  const find = (rule: number): FiredModel => fired().find((one) => one.rule === rule)!;
  const put = (index: number, value: ValueModel): void => {
    values.kinds[index] = kindOf(value);
    values.numbers[index] = typeof value === 'string' ? 77 : Number(value);
    const encoded = new TextEncoder().encode(typeof value === 'string' ? value : 'left over');
    values.offsets[index] = index % 5;
    values.lengths[index] = encoded.length;
    memory[index]!.set(encoded, index % 5);
  };
  return {
    templates: plan.rules.map(({ templates }) => templates),
    values,
    read: (rule) => {
      find(rule).items.forEach((item, k) => {
        values.held[k] = item === undefined ? 0 : 1;
        put(2 * k, item?.[0]);
        put(2 * k + 1, item?.[1]);
      });
    },
    scoreOf: (rule) => find(rule).score,
  };
}

function kindOf(value: ValueModel): number {
  if (typeof value === 'number') return EVIDENCE_KIND.number;
  if (typeof value === 'string') return EVIDENCE_KIND.text;
  return typeof value === 'boolean' ? EVIDENCE_KIND.boolean : EVIDENCE_KIND.missing;
}

function reasonOf(code: string, rule?: string): DecisionReason {
  const spec = REASONS.find((one) => one.code === code)!;
  const entry = { ...spec, rule: rule ?? null };
  const { responseCode, reversalReason, isoReason } = entry;
  const all = { code, rule: entry.rule, responseCode, reversalReason, isoReason };
  return Object.fromEntries(
    Object.entries(all).filter(([, value]) => value !== null),
  ) as unknown as DecisionReason;
}

function ruleReason(plan: PlanModel, rule: number): DecisionReason {
  const model = plan.rules[rule]!;
  return reasonOf(REASONS[model.reason]!.code, model.id);
}

export function reasonsOf(plan: PlanModel, verdict: VerdictModel): DecisionReason[] {
  const entries = verdict.reasonRules.map((rule) => ({
    severity: plan.rules[rule]!.outcome,
    reason: ruleReason(plan, rule),
  }));
  if (verdict.scoreOutcome > 0) {
    entries.push({ severity: verdict.scoreOutcome, reason: reasonOf('SCORE') });
  }
  const sorted = entries.toSorted((a, b) => b.severity - a.severity).map(({ reason }) => reason);
  return verdict.engineReason === null
    ? sorted
    : [reasonOf(REASONS[verdict.engineReason]!.code), ...sorted];
}

/** hold and reversal, as far as there are any. */
function blocksOf(plan: PlanModel, { hold, reversal }: VerdictModel): object {
  const blocks: Record<string, unknown> = {};
  if (hold !== null && Number.isFinite(hold.expiresMs)) {
    blocks['hold'] = { expiresAt: hold.expiresMs, onExpiry: ON_EXPIRY[hold.onExpiry] };
  }
  if (reversal !== null) {
    const block: Record<string, unknown> = { method: METHODS[reversal.method] };
    if (Number.isFinite(reversal.notBeforeMs)) block['notBefore'] = reversal.notBeforeMs;
    if (Number.isFinite(reversal.notAfterMs)) block['notAfter'] = reversal.notAfterMs;
    if (reversal.fallbackMethod !== null) {
      block['fallbackMethod'] = METHODS[reversal.fallbackMethod];
    }
    const query = reversal.queryRail === null ? null : plan.rails[reversal.queryRail]!;
    if (query !== null && query.length > 0) block['queryFirst'] = query;
    blocks['reversal'] = block;
  }
  return blocks;
}

/** Score, evidence, hold and reversal. */
function moreOf(plan: PlanModel, verdict: VerdictModel): object {
  const score = written(verdict.score, 'luhn');
  return {
    ...(score === undefined ? {} : { score }),
    ...(verdict.fired.length === 0
      ? {}
      : { evidence: verdict.fired.map((fired) => evidenceOf(plan, fired)) }),
    ...blocksOf(plan, verdict),
  };
}

function shadowOf(plan: PlanModel, verdict: VerdictModel): ShadowVerdict[] {
  return verdict.shadowRules.map((rule) => ({
    rule: plan.rules[rule]!.id,
    outcome: OUTCOMES[plan.rules[rule]!.outcome]!,
    code: REASONS[plan.rules[rule]!.reason]!.code,
  }));
}

function written(value: ValueModel, masking: Masking): EvidenceValue | undefined {
  if (value === undefined || Number.isNaN(value)) return undefined;
  if (value === Infinity) return 'infinity';
  if (value === -Infinity) return '-infinity';
  if (typeof value !== 'string') return value;
  let cut = '';
  for (const character of value) {
    if (new TextEncoder().encode(cut + character).length > 64) break;
    cut += character;
  }
  const { length } = new TextEncoder().encode(cut);
  const isCut = (length > 37 && length <= 40) || length > 60;
  return masking === 'none' ? cut : maskText(cut, { isCard: masking === 'card', isCut });
}

function itemOf(
  template: EvidenceTemplate,
  [value, threshold]: readonly [ValueModel, ValueModel],
): EvidenceItem {
  const item: Record<string, unknown> = { what: template.what, op: template.op };
  const shown = written(value, template.maskings[0]);
  if (shown !== undefined) item['value'] = shown;
  const limit = template.thresholdText ?? written(threshold, template.maskings[1]);
  if (limit !== undefined) item['threshold'] = limit;
  const margin = Number(value) - Number(threshold);
  const isNumeric = typeof value === 'number' && typeof threshold === 'number';
  if (template.hasMargin && isNumeric && Number.isFinite(margin)) item['margin'] = margin;
  return item as unknown as EvidenceItem;
}

function evidenceOf(plan: PlanModel, fired: FiredModel): DecisionEvidence {
  const rule = plan.rules[fired.rule]!;
  const compared = fired.items.flatMap((item, k) =>
    item === undefined ? [] : [itemOf(rule.templates[k]!, item)],
  );
  const score = written(fired.score, 'luhn');
  return {
    rule: rule.id,
    ...(compared.length > 0 ? { compared } : {}),
    ...(score === undefined ? {} : { score: score as number }),
    ...(fired.exempts.length > 0 ? { exemptBy: fired.exempts.map((e) => plan.exempts[e]!) } : {}),
  };
}

/** A row's decision; null verdict = nothing fired. */
export function referenceDecision(
  plan: PlanModel,
  row: RowModel,
  verdict: VerdictModel | null,
  emitShadow: boolean,
): Decision {
  return assemble(row, {
    echoesMore: true,
    outcome: OUTCOMES[verdict?.outcome ?? 0]!,
    reasons: verdict === null ? [] : reasonsOf(plan, verdict),
    revision: row.revision,
    version: plan.version,
    flags: row.flags,
    more: verdict === null ? {} : moreOf(plan, verdict),
    shadow: verdict === null || !emitShadow ? [] : shadowOf(plan, verdict),
  });
}

export function referenceAmendment(
  plan: PlanModel,
  head: HeadModel,
  verdict: VerdictModel,
  emitShadow: boolean,
): Decision {
  const row = {
    ...head,
    merchant: null,
    order: null,
    timeMs: Number.isFinite(head.timeMs) ? head.timeMs : null,
  };
  const { rulesHash, rulesVersion, ...decision } = referenceDecision(
    plan,
    row,
    verdict,
    emitShadow,
  );
  return {
    ...decision,
    supersedes: `${head.id}#${head.revision - 1}`,
    cause: CAUSES[head.cause]!,
    ...(head.causedBy === null ? {} : { causedBy: head.causedBy }),
    rulesHash,
    ...(rulesVersion === undefined ? {} : { rulesVersion }),
  };
}

export function referenceInvalid(plan: PlanModel, row: RowModel): Decision {
  return assemble(row, {
    echoesMore: true,
    outcome: OUTCOMES[plan.invalidOutcome]!,
    reasons: [reasonOf('INVALID_INPUT')],
    revision: row.revision,
    version: plan.version,
    flags: row.flags,
    more: {},
    shadow: [],
  });
}

export function referenceRepeat(
  plan: PlanModel,
  row: RowModel,
  outcome: number,
  revision: number,
  firstReason: number,
): Decision {
  const packed: Record<number, DecisionReason[]> = {
    [-1]: [],
    [-2]: [reasonOf('SCORE')],
    [-3]: [reasonOf('INVALID_INPUT')],
    ...Object.fromEntries(REASONS.map(({ code }, k) => [-4 - k, [reasonOf(code)]])),
  };
  return assemble(row, {
    echoesMore: false,
    outcome: OUTCOMES[outcome]!,
    reasons: packed[firstReason] ?? [ruleReason(plan, firstReason)],
    revision,
    version: null,
    flags: ['REPEAT'],
    more: {},
    shadow: [],
  });
}

interface Pieces {
  readonly echoesMore: boolean;
  readonly outcome: string;
  readonly reasons: readonly DecisionReason[];
  readonly revision: number;
  readonly version: string | null;
  readonly flags: readonly string[];
  readonly more: object;
  readonly shadow: readonly unknown[];
}

function assemble(row: RowModel, pieces: Pieces): Decision {
  const flags = DECISION_FLAGS.filter((flag) => pieces.flags.includes(flag));
  const decision: Record<string, unknown> = {
    decisionId: `${row.id}#${pieces.revision}`,
    transactionId: row.id,
  };
  if (row.account !== null) decision['account'] = row.account;
  if (pieces.echoesMore && row.merchant !== null) decision['merchant'] = row.merchant;
  if (pieces.echoesMore && row.order !== null) decision['order'] = row.order;
  decision['outcome'] = pieces.outcome;
  if (pieces.reasons.length > 0) decision['reasons'] = pieces.reasons;
  Object.assign(decision, pieces.more);
  if (flags.length > 0) decision['flags'] = flags;
  if (pieces.shadow.length > 0) decision['shadow'] = pieces.shadow;
  if (row.timeMs !== null) decision['eventTime'] = row.timeMs;
  decision['revision'] = pieces.revision;
  decision['rulesHash'] = HASH;
  if (pieces.version !== null) decision['rulesVersion'] = pieces.version;
  return decision as unknown as Decision;
}
