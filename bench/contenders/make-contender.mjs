// Contenders by kind.

import { EngineContender } from './engine-contender.mjs';
import { PlainContender } from './plain-contender.mjs';

/** @param {'engine' | 'plain'} kind */
export function makeContender(kind, options) {
  return kind === 'plain' ? new PlainContender(options) : new EngineContender(options);
}
