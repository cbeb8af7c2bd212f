// What is known of ids whose records have left: the revision and the verdict of their newest decision, as
// long as the repeats table may still know the id. A record that is quiet but stands in its table still is
// asked itself, so when it is taken away does not show.

import type { Plan } from '../../domain/plan.ts';
import { LeftRevisions } from '../../state/left-revisions.ts';
import type { Lives } from '../../state/lives.ts';
import { LIFE_B, LIFE_D, LIFE_DOUBLES, LIFE_W, LIFE_WORDS } from '../../state/lives.ts';
import { RARE_D, RARE_W } from '../../state/rare-values.ts';
import { packVerdict } from '../../state/repeats.ts';
import type { LifeRecords } from './life-records.ts';

const ENTRIES_MAX = 2 ** 20;

export class LifeLeft {
  /** Of the id that was found last. */
  revision = -1;
  verdict = 0;
  /** [0]: its eventTime, if it is an amendment; else NaN. */
  readonly event: Float64Array = new Float64Array(1);
  #content = 0;
  readonly #left = new LeftRevisions(ENTRIES_MAX);
  readonly #lives: Lives;
  readonly #records: LifeRecords;
  readonly #forMs: number;

  constructor(plan: Plan, lives: Lives, records: LifeRecords) {
    this.#lives = lives;
    this.#records = records;
    this.#forMs = plan.repeats.forMs;
  }

  get bytesUsed(): number {
    return this.#left.bytesUsed;
  }

  /** The record leaves. Where it was told under revision 0 alone, the repeats table knows as much. */
  note(record: number): void {
    const { words, rare } = this.#lives;
    const w = record * LIFE_WORDS;
    const revision = rare.get(record, RARE_W.revision);
    if (revision === 0 || !this.#isKnown(record)) return;
    const { times } = this.#left;
    times[0] = this.#lives.now[0] as number;
    times[1] = this.#until(record);
    times[2] = rare.doubles[rare.at(record) + RARE_D.eventMs] as number;
    this.#left.add(
      words[w + LIFE_W.idLo] as number,
      words[w + LIFE_W.idHi] as number,
      revision,
      words[w + LIFE_W.content] as number,
      this.#verdictOf(record),
    );
  }

  /** The id has a record again. */
  forget(lo: number, hi: number): void {
    if (this.#left.count > 0) this.#left.forget(lo, hi);
  }

  /**
   * The revision from which an id that is not kept counts on, which is decided anew; -1 = none is known.
   * @param quiet its record, where one stands in the table still; -1 = none
   */
  revisionOf(quiet: number, lo: number, hi: number): number {
    return this.#find(quiet, lo, hi) ? this.revision : this.#left.lost;
  }

  /** Whether the newest decision of an id that is not kept is known, and was on this content. */
  knows(quiet: number, lo: number, hi: number, content: number): boolean {
    return this.#find(quiet, lo, hi) && this.#content === content;
  }

  #find(record: number, lo: number, hi: number): boolean {
    const { words, rare, now } = this.#lives;
    if (record >= 0) {
      this.revision = rare.get(record, RARE_W.revision);
      this.#content = words[record * LIFE_WORDS + LIFE_W.content] as number;
      this.verdict = this.#verdictOf(record);
      this.event[0] = rare.doubles[rare.at(record) + RARE_D.eventMs] as number;
      return this.revision > 0 && this.#isKnown(record);
    }
    if (this.#left.count === 0) return false;
    this.#left.times[0] = now[0] as number;
    const entry = this.#left.find(lo, hi);
    if (entry < 0) return false;
    this.revision = this.#left.revisionOf(entry);
    this.#content = this.#left.contentOf(entry);
    this.verdict = this.#left.verdictOf(entry);
    this.#left.readEvent(entry, this.event);
    return true;
  }

  #until(record: number): number {
    const touched = this.#lives.doubles[record * LIFE_DOUBLES + LIFE_D.touchedMs] as number;
    return touched + this.#forMs;
  }

  #isKnown(record: number): boolean {
    return this.#until(record) >= (this.#lives.now[0] as number);
  }

  #verdictOf(record: number): number {
    const first = this.#lives.words[record * LIFE_WORDS + LIFE_W.first] as number;
    return packVerdict(this.#records.get(record, LIFE_B.outcome), first);
  }
}
