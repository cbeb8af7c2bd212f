// What an input that is given as NDJSON seems to be instead, by its first bytes: so that somebody is told
// once what is wrong with all of it, beside a BAD_JSON for each row. No JSON begins like these.

export type ForeignForm = 'UTF-16' | 'gzip';

const BEGINNINGS: readonly (readonly [first: number, second: number, ForeignForm])[] = [
  [0xff, 0xfe, 'UTF-16'],
  [0xfe, 0xff, 'UTF-16'],
  [0x1f, 0x8b, 'gzip'],
];

/** null = nothing strange, as far as two bytes tell */
export function foreignForm(bytes: Uint8Array): ForeignForm | null {
  const found = BEGINNINGS.find(([first, second]) => bytes[0] === first && bytes[1] === second);
  return found === undefined ? null : found[2];
}
