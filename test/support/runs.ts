// How many random cases a property test takes: its own number, or as many times that as
// HOLDFAST_TEST_RUNS says, for a long search.

export function runs(usual: number): number {
  const times = Number(process.env['HOLDFAST_TEST_RUNS'] ?? 1);
  return Math.max(1, Math.round(usual * times));
}
