// The checked, typed expression: what the rules' front end produces from CEL and what the compiler,
// the interpreter, the feature generator and evidence read. A plain tree of JSON values, so that it
// travels to worker threads and into snapshots. All names are resolved: fields to their numbers,
// features, lists and registers to their index in the plan; `let` names are already expanded.
//
// Missing: a number-like value that is missing is NaN, a string that is missing has length -1.
// `not` stands only directly over a boolean atom (`in`, `compare`, `truth`, a boolean call): the
// checker pushes negations down, so a missing value makes the atom and its negation both false.

/** One number type at run time; the checker keeps units apart. */
export type ValueType =
  | 'number'
  | 'money' // minor units of the file's currency
  | 'duration' // ms
  | 'time' // ms since the epoch
  | 'date' // yyyymmdd
  | 'string'
  | 'version' // a string compared as dotted numbers
  | 'boolean';

/** Where an expression stands: in `file`, from line:column, both from 1. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export type CompareOperator = '<' | '<=' | '>' | '>=' | '==' | '!=';
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';

export type FunctionName =
  // (string, string) -> boolean; the second argument of matches is always a literal
  | 'startsWith'
  | 'endsWith'
  | 'contains'
  | 'matches'
  // (string) -> string
  | 'lower'
  | 'trim'
  // (string) -> number, in code points
  | 'size'
  // (number...) -> number, of one type
  | 'min'
  | 'max'
  | 'abs'
  | 'round' // half away from zero
  // (time), zone in `zone` -> number 0..23 | 1 (Monday)..7 | date
  | 'hourOf'
  | 'dayOfWeekOf'
  | 'dateOf'
  // (string) -> version
  | 'version'
  // (number lat, lon, lat, lon) -> number
  | 'kmBetween'
  // (string) -> boolean; false where it is not all digits
  | 'luhn'
  // (string YYMM, time) -> boolean; true where malformed; months end in the file's timezone
  | 'expired'
  // (string scope) -> boolean at tx.time, in a life rule at the instant of the evaluation (field
  // `timeField`); register `register` of windows
  | 'inMaintenance';

interface Node {
  readonly type: ValueType;
  /** Source text, as the analyst wrote it (of a `let`: its name): for evidence and messages. */
  readonly text: string;
  readonly at: SourcePlace;
}

export type Expression =
  | (Node & { readonly op: 'number'; readonly value: number }) // any number-like type
  | (Node & { readonly op: 'string'; readonly value: string }) // type string or version
  | (Node & { readonly op: 'boolean'; readonly value: boolean })
  /** tx.<field>; money fields are the converted value */
  | (Node & { readonly op: 'field'; readonly field: number })
  /** value of plan.features[feature] */
  | (Node & { readonly op: 'feature'; readonly feature: number })
  /** registers[key].column */
  | (Node & {
      readonly op: 'cell';
      readonly register: number;
      readonly column: number;
      readonly key: readonly Expression[];
    })
  /** key in a list or register: false or true, missing only when a key part is */
  | (Node & {
      readonly op: 'in';
      readonly set: 'list' | 'register' | 'literal';
      /** index of list or register; for `literal` unused */
      readonly index: number;
      readonly key: readonly Expression[];
      /** literal elements, for `x in ["a", "b"]` */
      readonly elements: readonly Expression[];
    })
  | (Node & { readonly op: 'has'; readonly value: Expression; readonly negated: boolean })
  | (Node & {
      readonly op: 'compare';
      readonly operator: CompareOperator;
      readonly left: Expression;
      readonly right: Expression;
    })
  /** a boolean value (field, register cell, feature, literal) standing as a condition */
  | (Node & { readonly op: 'truth'; readonly value: Expression; readonly negated: boolean })
  | (Node & { readonly op: 'not'; readonly value: Expression }) // over `in` or a boolean call only
  | (Node & { readonly op: 'and' | 'or'; readonly args: readonly Expression[] })
  | (Node & {
      readonly op: 'arithmetic';
      readonly operator: ArithmeticOperator;
      readonly left: Expression;
      readonly right: Expression;
    })
  | (Node & { readonly op: 'negate'; readonly value: Expression })
  /** `test ? then : otherwise`; `negatedTest` is the pushed-down negation: neither holds = missing */
  | (Node & {
      readonly op: 'choose';
      readonly test: Expression;
      readonly negatedTest: Expression;
      readonly then: Expression;
      readonly otherwise: Expression;
    })
  | (Node & {
      readonly op: 'call';
      readonly name: FunctionName;
      readonly args: readonly Expression[];
      readonly zone?: string;
      readonly register?: number;
      /** inMaintenance: number of the field with its instant; left out = tx.time */
      readonly timeField?: number;
    });
