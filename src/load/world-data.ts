// The places, trades and currencies of the generated world: real cities with their coordinates,
// real merchant category codes, everyday prices. Data only; world.ts makes merchants of it.

export interface City {
  readonly name: string;
  readonly country: string;
  readonly lat: number;
  readonly lon: number;
  /** Share of the accounts that live here; 0 = visited only. */
  readonly homeWeight: number;
  /** Share of the merchants. */
  readonly merchantWeight: number;
}

function city(
  name: string,
  country: string,
  lat: number,
  lon: number,
  homeWeight: number,
  merchantWeight: number = homeWeight,
): City {
  return { name, country, lat, lon, homeWeight, merchantWeight };
}

export const CITIES: readonly City[] = [
  city('Shanghai', 'CN', 31.2304, 121.4737, 25),
  city('Beijing', 'CN', 39.9042, 116.4074, 22),
  city('Guangzhou', 'CN', 23.1291, 113.2644, 18),
  city('Shenzhen', 'CN', 22.5431, 114.0579, 17),
  city('Chengdu', 'CN', 30.5728, 104.0668, 16),
  city('Chongqing', 'CN', 29.563, 106.5516, 16),
  city('Tianjin', 'CN', 39.3434, 117.3616, 12),
  city('Wuhan', 'CN', 30.5928, 114.3055, 12),
  city("Xi'an", 'CN', 34.3416, 108.9398, 11),
  city('Hangzhou', 'CN', 30.2741, 120.1551, 11),
  city('Suzhou', 'CN', 31.2989, 120.5853, 10),
  city('Nanjing', 'CN', 32.0603, 118.7969, 9),
  city('Zhengzhou', 'CN', 34.7466, 113.6254, 9),
  city('Changsha', 'CN', 28.2282, 112.9388, 8),
  city('Qingdao', 'CN', 36.0671, 120.3826, 8),
  city('Shenyang', 'CN', 41.8057, 123.4315, 7),
  city('Dalian', 'CN', 38.914, 121.6147, 6),
  city('Harbin', 'CN', 45.8038, 126.535, 6),
  city('Kunming', 'CN', 25.0389, 102.7183, 6),
  city('Xiamen', 'CN', 24.4798, 118.0894, 5),
  city('Guiyang', 'CN', 26.647, 106.6302, 4),
  city('Urumqi', 'CN', 43.8256, 87.6168, 3),
  city('Lanzhou', 'CN', 36.0611, 103.8343, 3),
  city('Sanya', 'CN', 18.2528, 109.5119, 1, 2),
  city('Hong Kong', 'HK', 22.3193, 114.1694, 4),
  city('Macao', 'MO', 22.1987, 113.5439, 1),
  city('Taipei', 'TW', 25.033, 121.5654, 0, 2),
  city('Tokyo', 'JP', 35.6762, 139.6503, 0, 3),
  city('Seoul', 'KR', 37.5665, 126.978, 0, 2),
  city('Singapore', 'SG', 1.3521, 103.8198, 1, 2),
  city('Bangkok', 'TH', 13.7563, 100.5018, 0, 2),
  city('Kuala Lumpur', 'MY', 3.139, 101.6869, 0, 1),
  city('Dubai', 'AE', 25.2048, 55.2708, 0, 1),
  city('Kuwait City', 'KW', 29.3759, 47.9774, 0, 1),
  city('London', 'GB', 51.5074, -0.1278, 0, 2),
  city('Paris', 'FR', 48.8566, 2.3522, 0, 2),
  city('Sydney', 'AU', -33.8688, 151.2093, 0, 1),
  city('New York', 'US', 40.7128, -74.006, 0, 2),
  city('San Francisco', 'US', 37.7749, -122.4194, 0, 1),
];

/** Seat of the merchants that the country policy forbids; nobody ordinary pays there. */
export const RESTRICTED_CITY: City = city('Pyongyang', 'KP', 39.0392, 125.7625, 0);
export const RESTRICTED_COUNTRIES: readonly string[] = ['KP', 'IR', 'SY'];

export interface Currency {
  readonly code: string;
  /** CNY for one unit. */
  readonly rate: number;
  /** ISO 4217 minor unit. */
  readonly exponent: number;
}

/** By country; a country that is not listed here charges in CNY. */
export const CURRENCIES: Readonly<Record<string, Currency>> = {
  CN: { code: 'CNY', rate: 1, exponent: 2 },
  HK: { code: 'HKD', rate: 0.92, exponent: 2 },
  MO: { code: 'MOP', rate: 0.89, exponent: 2 },
  TW: { code: 'TWD', rate: 0.22, exponent: 2 },
  JP: { code: 'JPY', rate: 0.047, exponent: 0 },
  KR: { code: 'KRW', rate: 0.0051, exponent: 0 },
  SG: { code: 'SGD', rate: 5.42, exponent: 2 },
  TH: { code: 'THB', rate: 0.21, exponent: 2 },
  MY: { code: 'MYR', rate: 1.66, exponent: 2 },
  AE: { code: 'AED', rate: 1.96, exponent: 2 },
  KW: { code: 'KWD', rate: 23.45, exponent: 3 },
  GB: { code: 'GBP', rate: 9.21, exponent: 2 },
  FR: { code: 'EUR', rate: 7.83, exponent: 2 },
  AU: { code: 'AUD', rate: 4.71, exponent: 2 },
  US: { code: 'USD', rate: 7.19, exponent: 2 },
};

export interface Trade {
  readonly mcc: string;
  /** Names of chains; a branch gets its city and number added. */
  readonly names: readonly string[];
  /** Log-normal amounts: median in CNY and sigma of the logarithm. */
  readonly medianCny: number;
  readonly sigma: number;
  /** Share of merchants and of payments. */
  readonly weight: number;
  readonly isOnline: boolean;
}

function trade(
  mcc: string,
  names: readonly string[],
  medianCny: number,
  sigma: number,
  weight: number,
  isOnline: boolean = false,
): Trade {
  return { mcc, names, medianCny, sigma, weight, isOnline };
}

export const TRADES: readonly Trade[] = [
  trade('5411', ['Harvest Market', 'Green Basket', '丰收超市'], 68, 0.8, 24),
  trade('5812', ['Lotus Kitchen', 'Old Street Noodles', '江南小馆'], 75, 0.7, 16),
  trade('5814', ['Quick Bun', 'Rice and Go', 'Tea Corner'], 32, 0.5, 15),
  trade('5499', ['Daily Stop', 'Corner 24', '每日便利'], 18, 0.6, 12),
  trade('5541', ['Northern Fuel', 'Blue Pump'], 260, 0.35, 6),
  trade('5912', ['Hundred Herbs Pharmacy', 'City Pharmacy'], 60, 0.7, 5),
  trade('4121', ['City Cab', 'Swift Ride'], 28, 0.5, 6),
  trade('4111', ['Metro Gate', 'Bus Line'], 5, 0.4, 5),
  trade('5311', ['Grand Department Store', 'Pearl Plaza'], 240, 0.8, 3),
  trade('5651', ['Silk Road Clothing', 'Everyday Wear'], 220, 0.7, 3),
  trade('5732', ['Circuit House', 'Pixel Electronics'], 420, 0.9, 1.5),
  trade('7011', ['Harbour Hotel', 'Garden Inn'], 420, 0.5, 0.8),
  trade('5942', ['Paper Lantern Books'], 55, 0.5, 1),
  trade('7832', ['Star Cinema'], 80, 0.4, 1),
  trade('8062', ['General Hospital'], 180, 0.8, 1),
  trade('5944', ['Golden Phoenix Jewellery'], 700, 0.8, 0.3),
  trade('5969', ['Parcel Bazaar', 'Everything Online'], 110, 0.9, 10, true),
  trade('5816', ['Cloud Games', 'Pixel Coins'], 25, 0.8, 3, true),
  trade('5815', ['Stream Box', 'Page Turner'], 20, 0.4, 4, true),
  trade('4814', ['Top Up Mobile'], 60, 0.5, 3, true),
  trade('4722', ['Wide World Travel'], 600, 0.6, 0.6, true),
];

/** Trades that the category policy forbids: they are registered, ordinary payers avoid them. */
export const RESTRICTED_TRADES: readonly Trade[] = [
  trade('7995', ['Lucky Dragon Bets'], 200, 0.8, 0, true),
  trade('6051', ['Coin Exchange'], 800, 0.8, 0, true),
];

/** Categories whose goods are easily sold on: one weak signal of several. */
export const RISKY_MCCS: readonly string[] = ['5944', '5816', '5732', '4722'];

/** Requests an hour of local time, relative to the day's mean; Monday to Friday. */
export const HOURLY_RATE: readonly number[] = [
  0.2, 0.11, 0.08, 0.06, 0.07, 0.14, 0.4, 0.85, 1.25, 1.2, 1.15, 1.45, 1.8, 1.5, 1.15, 1.1, 1.15,
  1.4, 1.85, 1.95, 1.75, 1.45, 0.95, 0.5,
];
/** Monday first. */
export const WEEKDAY_RATE: readonly number[] = [0.93, 0.92, 0.94, 0.97, 1.05, 1.14, 1.05];

/** Lowest software version that each channel's interface accepts, and its limit a payment. */
export const CHANNEL_RULES: readonly {
  readonly channel: string;
  readonly minimumVersion: string;
  readonly limitCny: number;
}[] = [
  { channel: 'chip', minimumVersion: '3.2.0', limitCny: 50_000 },
  { channel: 'swipe', minimumVersion: '3.2.0', limitCny: 20_000 },
  { channel: 'contactless', minimumVersion: '3.4.0', limitCny: 10_000 },
  { channel: 'payment-code', minimumVersion: '3.3.0', limitCny: 10_000 },
  { channel: 'online', minimumVersion: '2.8.0', limitCny: 30_000 },
];
/** What ordinary terminals and online merchants run: at or over every channel's minimum. */
export const TERMINAL_VERSIONS: readonly string[] = [
  '3.4.0',
  '3.4.2',
  '3.5.1',
  '3.9.0',
  '3.10.2',
  '4.0.0',
];
export const ONLINE_VERSIONS: readonly string[] = ['2.8.0', '2.9.3', '2.11.0', '3.0.1'];
export const OUTDATED_VERSIONS: readonly string[] = ['3.1.9', '2.7.5', '2.10.0', '1.12.4'];

export interface Operator {
  readonly id: string;
  readonly role: string;
  readonly mayReverse: boolean;
  readonly mayRelease: boolean;
}

/** Who works the console: a few decide on holds, the supervisors reverse, trainees look on. */
export const OPERATORS: readonly Operator[] = Array.from({ length: 42 }, (_, i) => ({
  id: `op-${i + 1}`,
  role: i < 4 ? 'risk-officer' : i < 40 ? 'supervisor' : 'trainee',
  mayReverse: i < 40,
  mayRelease: i < 4,
}));
