// The blocks between fences of a manual.

export interface Block {
  readonly language: string;
  /** What follows the language in the fence's first line. */
  readonly mark: string;
  readonly text: string;
  /** Of the fence that begins it, from 1. */
  readonly line: number;
}

export function fencedBlocks(manual: string): Block[] {
  return [...manual.matchAll(/^```(\w*) ?(.*)\n([^]*?)^```$/gm)].map((match) => ({
    language: match[1] ?? '',
    mark: match[2] ?? '',
    text: match[3] ?? '',
    line: manual.slice(0, match.index).split('\n').length,
  }));
}
