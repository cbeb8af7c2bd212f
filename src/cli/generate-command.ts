// `holdfast generate`: the seeded generator by itself. Constant memory; a pipe that is slow slows it.

import type { Format, Sink } from '../domain/ports.ts';
import type { ParsedArguments } from './arguments.ts';
import type { CommandContext } from './command.ts';
import type { ExitCode } from './exit-codes.ts';
import { labelLines, LABELS_HEADER, TransactionGenerator } from '../load/generator.ts';
import { openSinks } from '../transport/open-sink.ts';
import { EXIT } from './exit-codes.ts';
import { bytesText, counted, spanText } from './format-text.ts';
import { formatOf, refuseSameFile } from './input-output.ts';

const CHUNK_BYTES = 1 << 20;

export interface StreamSettings {
  readonly rows: number;
  readonly accounts: number;
  readonly seed: number;
  readonly format: Format;
  readonly out: string;
  readonly labels: string | null;
}

export interface GeneratedStream {
  readonly rows: number;
  readonly bytes: number;
  readonly labels: number;
}

export async function generateCommand(
  parsed: ParsedArguments,
  { terminal, clock }: CommandContext,
): Promise<ExitCode> {
  const out = parsed.required('out');
  const labels = parsed.text('labels');
  refuseSameFile(
    [],
    [
      ['--out', out],
      ['--labels', labels],
    ],
  );
  const startMs = clock.monotonicMs();
  const made = await generateStream({
    rows: parsed.count('rows') ?? 1_000_000,
    accounts: parsed.count('accounts') ?? 200_000,
    seed: parsed.count('seed') ?? 1,
    format: formatOf(out, parsed.text('format')),
    out,
    labels,
  });
  if (!parsed.flag('quiet')) {
    const elapsedMs = clock.monotonicMs() - startMs;
    terminal.err(
      `${counted(made.rows, 'row')} (${bytesText(made.bytes)}), ${counted(made.labels, 'label')} ` +
        `in ${spanText(elapsedMs)}: ${out}${labels === null ? '' : `, ${labels}`}\n`,
    );
  }
  return EXIT.ok;
}

/** @param onProgress after each chunk of about 1 MiB */
export async function generateStream(
  settings: StreamSettings,
  onProgress: (rows: number) => void = () => {},
): Promise<GeneratedStream> {
  const { rows, accounts, seed, format } = settings;
  const [out, labels] = await openSinks([settings.out, settings.labels]);
  const sinks: readonly Sink[] = labels === null ? [out] : [out, labels];
  try {
    await labels?.write(Buffer.from(LABELS_HEADER));
    const generator = new TransactionGenerator({ rows, accounts, seed, format });
    const chunk = new Uint8Array(CHUNK_BYTES);
    let bytes = 0;
    let labelCount = 0;
    for (let end = generator.writeRows(chunk); end > 0; end = generator.writeRows(chunk)) {
      await out.write(chunk.subarray(0, end));
      bytes += end;
      const made = generator.takeLabels();
      labelCount += made.length;
      await labels?.write(Buffer.from(labelLines(made)));
      onProgress(generator.rowCount);
    }
    for (const sink of sinks) await sink.finish();
    return { rows: generator.rowCount, bytes, labels: labelCount };
  } catch (error) {
    for (const sink of sinks) await sink.abandon().catch(() => {});
    throw error;
  }
}
