// The generated world as the files that the rules read: registers, lists and rates, under
// fixtures/. They are committed; a test holds them equal to what this makes.

import { must } from '../base/assert.ts';
import {
  CHANNEL_RULES,
  CURRENCIES,
  OPERATORS,
  RESTRICTED_COUNTRIES,
  RESTRICTED_TRADES,
  RISKY_MCCS,
} from './world-data.ts';
import { labelLines, LABELS_HEADER, TransactionGenerator } from './generator.ts';
import type { World } from './world.ts';

export interface WorldFile {
  /** Relative to fixtures/. */
  readonly path: string;
  readonly text: string;
}

/** Accounts of the staff, whom the payment limits do not stop; above every generated number. */
const STAFF: readonly string[] = ['A80000001', 'A80000002', 'A80000003', 'A80000005', 'A80000008'];

/** How a card can be reported: each list has its share of the world's. */
const CARD_LISTS: readonly string[] = ['lost-cards', 'stolen-cards', 'compromised-cards'];

/** Before the generated stream: what rules' tests and scenarios look at. */
const PAST_MAINTENANCE: readonly string[] = [
  '2026-01-10T21:00:00Z,2026-01-10T23:00:00Z,T000002',
  '2026-01-17T17:00:00Z,2026-01-17T18:30:00Z,online',
  '2026-02-14T21:00:00Z,2026-02-14T22:00:00Z,*',
];

/** When half of the merchants that are no longer active ended their contract; the rest are closed. */
const CONTRACT_END = '2026-01-31T16:00:00Z';

export function worldFiles(world: World): readonly WorldFile[] {
  return [
    {
      path: 'registers/merchants.csv',
      text: csv(
        'merchant,name,mcc,city,country,active,activeUntil',
        world.merchants.map(({ id, name, trade, city, isActive }, index) =>
          [id, name, trade.mcc, city.name, city.country, ...activeColumns(isActive, index)].join(
            ',',
          ),
        ),
      ),
    },
    {
      path: 'registers/terminals.csv',
      text: csv(
        'terminal,merchant,lat,lon',
        world.terminals.map(({ id, merchant, latE5, lonE5 }) =>
          [id, must(world.merchants[merchant], 'merchant').id, latE5 / 1e5, lonE5 / 1e5].join(','),
        ),
      ),
    },
    {
      path: 'registers/channels.csv',
      text: csv(
        'channel,minimumVersion,limit',
        CHANNEL_RULES.map(({ channel, minimumVersion, limitCny }) =>
          [channel, minimumVersion, limitCny].join(','),
        ),
      ),
    },
    {
      path: 'registers/operators.csv',
      text: csv(
        'operator,role,mayReverse,mayRelease',
        OPERATORS.map(({ id, role, mayReverse, mayRelease }) =>
          [id, role, mayReverse, mayRelease].join(','),
        ),
      ),
    },
    {
      path: 'registers/maintenance.csv',
      text: csv('from,to,scope', [
        ...PAST_MAINTENANCE,
        ...world.maintenance.map(({ fromMs, toMs, scope }) =>
          [timeText(fromMs), timeText(toMs), scope].join(','),
        ),
      ]),
    },
    {
      path: 'rates.csv',
      text: csv(
        'currency,rate',
        Object.values(CURRENCIES)
          .filter(({ code }) => code !== 'CNY')
          .map(({ code, rate }) => `${code},${rate}`),
      ),
    },
    list('staff', 'account', STAFF),
    list('compromised-accounts', 'account', world.listedAccounts.map(accountId)),
    ...CARD_LISTS.map((name, part) =>
      list(
        name,
        'card',
        world.listedCards.filter((_, i) => i % CARD_LISTS.length === part).map(String),
      ),
    ),
    list(
      'compromised-devices',
      'device',
      world.listedDevices.map((device) => `D${device.toString(16).padStart(8, '0')}`),
    ),
    list('restricted-countries', 'country', RESTRICTED_COUNTRIES),
    list(
      'restricted-mccs',
      'mcc',
      RESTRICTED_TRADES.map(({ mcc }) => mcc),
    ),
    list('risky-mccs', 'mcc', RISKY_MCCS),
  ];
}

const SMALL_ROWS = 200;
/** Its 200 rows hold one broken row and something of most triggers. */
const SMALL_SEED = 7;

/** The example stream and its labels, for demonstrations and end-to-end tests. */
export function smallStream(world: World): readonly WorldFile[] {
  const generator = new TransactionGenerator(
    {
      rows: SMALL_ROWS,
      accounts: 60,
      seed: SMALL_SEED,
      spanMs: 2 * 86_400_000,
      injectedRate: 0.12,
      repeatRate: 0.01,
      badRate: 0.006,
    },
    world,
  );
  const bytes = new Uint8Array(SMALL_ROWS * 1024);
  const end = generator.writeRows(bytes);
  return [
    { path: 'streams/small.ndjson', text: new TextDecoder().decode(bytes.subarray(0, end)) },
    { path: 'streams/small.labels.csv', text: LABELS_HEADER + labelLines(generator.takeLabels()) },
  ];
}

/** Columns `active` and `activeUntil`; a contract that has no end leaves the cell empty. */
function activeColumns(isActive: boolean, index: number): readonly string[] {
  if (isActive) return ['true', ''];
  return index % 2 === 0 ? ['false', ''] : ['true', CONTRACT_END];
}

/** As the generator writes it. */
export function accountId(account: number): string {
  return `A${String(account).padStart(8, '0')}`;
}

/** Whole seconds. */
function timeText(timeMs: number): string {
  return new Date(timeMs).toISOString().replace('.000Z', 'Z');
}

function list(name: string, header: string, values: readonly string[]): WorldFile {
  return { path: `lists/${name}.csv`, text: csv(header, values) };
}

/** No value has a comma or a quote: names are the world's own. */
function csv(header: string, lines: readonly string[]): string {
  return `${[header, ...lines].join('\n')}\n`;
}
