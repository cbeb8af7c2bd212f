// The package's door: what `import ... from 'holdfast'` gives. Documented in docs/library.md.

export type {
  Arrival,
  CreateEngineOptions,
  DecisionEngine,
  PlanInfo,
  RuleInfo,
} from './engine/create-engine.ts';
export { createEngine } from './engine/create-engine.ts';
export type { ErrorCode } from './base/errors.ts';
export { HoldfastError } from './base/errors.ts';
export type { HashKey } from './base/hash.ts';
export type { DeadLetter } from './domain/dead-letter.ts';
export type {
  Decision,
  DecisionEvidence,
  DecisionFlag,
  DecisionReason,
  EvidenceItem,
  EvidenceValue,
  HoldBlock,
  Outcome,
  ReversalBlock,
  ShadowVerdict,
} from './domain/decision.ts';
export type { InputErrorCode } from './domain/input-error.ts';
export type { Kind } from './domain/fields.ts';
export type { Transaction, TransactionInput } from './domain/transaction.ts';
