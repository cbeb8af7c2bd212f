// The decoder of a format: where engine and codec meet.

import type { Format } from '../domain/ports.ts';
import type { DecodeOptions, RowDecoder } from './decode-options.ts';
import { createJsonDecoder } from './json-decoder.ts';
import { createStraightDecoder } from './straight-decoder.ts';
import type { StraightDecode } from './straight-source.ts';

export type { RowDecoder };

/** @param compile makes the function of generated text; the engine knows how */
export function createRowDecoder(
  format: Format,
  options: DecodeOptions,
  compile: (source: string) => StraightDecode,
): RowDecoder {
  return format === 'ndjson' ? createJsonDecoder(options) : createStraightDecoder(options, compile);
}
