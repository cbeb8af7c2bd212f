// Runs a scenario through the real engine, twice: all rows at once and one row a batch. Both must say
// the same, and what the scenario expects, record by record. Cost: the rules are compiled once a
// rules file; a scenario then takes about a millisecond.

import { HoldfastError } from '../../base/errors.ts';
import type { Decision } from '../../domain/decision.ts';
import type { Plan } from '../../domain/plan.ts';
import { LocalEngine } from '../../engine/local-engine.ts';
import { formatProblem, loadRulesFileSync } from '../../rules/front/load.ts';
import type { Scenario, WrittenRecord } from './scenario-file.ts';
import { writeDecisions } from './written-decision.ts';

export class ScenarioRunner {
  readonly #engines: Map<string, LocalEngine> = new Map();

  /** Throws HoldfastError RULES_REJECTED where the rules file is broken. */
  plan(rulesPath: string): Plan {
    return this.#engine(rulesPath).program.plan;
  }

  /** All that the engine says of a scenario's rows, as scenarios write it. */
  run(scenario: Scenario): { whole: WrittenRecord[]; rowByRow: WrittenRecord[] } {
    const engine = this.#engine(scenario.rulesPath);
    const decide = (batches: readonly (readonly object[])[]): WrittenRecord[] => {
      engine.reset();
      const decisions: Decision[] = batches.flatMap((rows) => engine.decide(rows));
      if (scenario.endMs > 0) decisions.push(...engine.advance(null, scenario.endMs));
      return writeDecisions(decisions, scenario.given, engine.program.plan);
    };
    return {
      whole: decide([scenario.given]),
      rowByRow: decide(scenario.given.map((row) => [row])),
    };
  }

  #engine(rulesPath: string): LocalEngine {
    const known = this.#engines.get(rulesPath);
    if (known !== undefined) return known;
    const loaded = loadRulesFileSync(rulesPath);
    if (!loaded.ok) {
      const problems = loaded.problems.map((problem) => formatProblem(problem)).join('\n');
      throw new HoldfastError('RULES_REJECTED', problems, { path: rulesPath });
    }
    const engine = new LocalEngine({ plan: loaded.plan });
    this.#engines.set(rulesPath, engine);
    return engine;
  }
}
