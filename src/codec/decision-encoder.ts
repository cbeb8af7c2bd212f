// The decision encoder of a format.

import type { Format } from '../domain/ports.ts';
import { makeJsonDecisionEncoder } from './decision-json.ts';
import { makeMsgpackDecisionEncoder } from './decision-msgpack.ts';
import type { DecisionEncoder, DecisionEncoderOptions } from './decision-writer.ts';

export function makeDecisionEncoder(
  format: Format,
  options: DecisionEncoderOptions,
): DecisionEncoder {
  return format === 'ndjson'
    ? makeJsonDecisionEncoder(options)
    : makeMsgpackDecisionEncoder(options);
}
