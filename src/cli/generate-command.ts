// `holdfast generate`: the seeded generator by itself.

import type { ParsedArguments } from './arguments.ts';
import type { CommandContext } from './command.ts';
import type { ExitCode } from './exit-codes.ts';
import type { GeneratedStream } from './generate-stream.ts';
import { EXIT } from './exit-codes.ts';
import { bytesText, counted, spanText } from './format-text.ts';
import { generateStream, stoppedText } from './generate-stream.ts';
import { formatOf, refuseSameFile } from './input-output.ts';
import { listenForInterrupt } from './interrupt.ts';

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
  const settings = {
    rows: parsed.count('rows') ?? 1_000_000,
    accounts: parsed.count('accounts') ?? 200_000,
    seed: parsed.count('seed') ?? 1,
    format: formatOf(out, parsed.text('format')),
    out,
    labels,
  };
  // Nothing is to be finished first, so nothing is said of it.
  const interrupt = listenForInterrupt(terminal, true);
  let made: GeneratedStream;
  try {
    made = await generateStream(settings, interrupt.signal);
  } finally {
    interrupt.dispose();
  }
  if (made.isStopped) {
    terminal.err(stoppedText(made, settings.rows));
    return interrupt.exitCode();
  }
  if (!parsed.flag('quiet')) {
    const elapsedMs = clock.monotonicMs() - startMs;
    terminal.err(
      `${counted(made.rows, 'row')} (${bytesText(made.bytes)}), ${counted(made.labels, 'label')} ` +
        `in ${spanText(elapsedMs)}: ${out}${labels === null ? '' : `, ${labels}`}\n`,
    );
  }
  return EXIT.ok;
}
