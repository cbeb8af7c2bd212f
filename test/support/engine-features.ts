// Feature values of the row that an engine with batches of one decided last, as the oracle gives them.

import type { LocalEngine } from '../../src/engine/local-engine.ts';
import type { FeatureValue } from '../oracle/features.ts';

export function featuresOf(engine: LocalEngine): FeatureValue[] {
  const { plan, features } = engine.program;
  const { F, FI } = engine.program.boundFeatures;
  const bytes = new Uint8Array(FI.buffer, FI.byteOffset, FI.byteLength);
  return plan.features.map((feature, f) => {
    const at = features.base[f] as number;
    const value = F[at] as number;
    if (Number.isNaN(value)) return undefined;
    if (feature.type !== 'string' && feature.type !== 'version') return value;
    const text = bytes.subarray((at + 2) * 8, (at + 2) * 8 + Math.min(40, value));
    return new TextDecoder().decode(text);
  });
}
