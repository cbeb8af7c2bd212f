import type { DecodeOptions, RowDecoder } from './decode-options.ts';
export class MsgpackDecoder implements RowDecoder {
  unknownKeyCount = 0;
  constructor(options: DecodeOptions) {
    void options;
  }
  decode(): void {}
}
