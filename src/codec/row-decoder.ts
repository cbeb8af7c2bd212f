// The decoder of a format: where engine and codec meet.

import type { Format } from '../domain/ports.ts';
import type { DecodeOptions, RowDecoder } from './decode-options.ts';
import { createJsonDecoder } from './json-decoder.ts';
import { createMsgpackDecoder } from './msgpack-decoder.ts';

export type { RowDecoder };

export function createRowDecoder(format: Format, options: DecodeOptions): RowDecoder {
  return format === 'ndjson' ? createJsonDecoder(options) : createMsgpackDecoder(options);
}
