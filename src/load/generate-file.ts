// A generated stream into a file, and its labels beside it. Constant memory whatever the length.

import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { HoldfastError } from '../base/errors.ts';
import type { GeneratedLabel, GeneratorOptions } from './generator.ts';
import { TransactionGenerator } from './generator.ts';

const CHUNK_BYTES = 1 << 20;
export const LABELS_HEADER = 'transactionId,label,knownAt,kind\n';

export interface GenerateToFileOptions extends GeneratorOptions {
  readonly out: string;
  /** CSV `transactionId,label,knownAt,kind`; null = none. */
  readonly labels?: string | null;
  /** After each chunk of about 1 MiB. */
  readonly onProgress?: (rows: number) => void;
}

export interface GeneratedSummary {
  readonly rows: number;
  readonly bytes: number;
  readonly labels: number;
}

/** Throws HoldfastError IO_FAILED when a file cannot be written. */
export async function generateToFile(options: GenerateToFileOptions): Promise<GeneratedSummary> {
  const generator = new TransactionGenerator(options);
  const files: FileHandle[] = [];
  let path = options.out;
  try {
    const out = await open(path, 'w');
    files.push(out);
    let labelsFile: FileHandle | null = null;
    if (options.labels !== undefined && options.labels !== null) {
      path = options.labels;
      labelsFile = await open(path, 'w');
      files.push(labelsFile);
      await labelsFile.writeFile(LABELS_HEADER);
    }
    const chunk = new Uint8Array(CHUNK_BYTES);
    let bytes = 0;
    let labelCount = 0;
    for (let end = generator.writeRows(chunk); end > 0; end = generator.writeRows(chunk)) {
      path = options.out;
      await out.writeFile(chunk.subarray(0, end));
      bytes += end;
      const labels = generator.takeLabels();
      labelCount += labels.length;
      if (labelsFile !== null) {
        path = options.labels ?? '';
        await labelsFile.writeFile(labelLines(labels));
      }
      options.onProgress?.(generator.rowCount);
    }
    return { rows: generator.rowCount, bytes, labels: labelCount };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HoldfastError('IO_FAILED', `Cannot write "${path}": ${why}`, { path, cause });
  } finally {
    for (const file of files) await file.close();
  }
}

export function labelLines(labels: readonly GeneratedLabel[]): string {
  let text = '';
  for (const { transactionId, label, knownAtMs, kind } of labels) {
    text += `${transactionId},${label},${knownAtMs},${kind}\n`;
  }
  return text;
}
