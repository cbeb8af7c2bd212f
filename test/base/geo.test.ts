import { describe, expect, it } from 'vitest';
import { EARTH_RADIUS_KM, haversineKm } from '../../src/base/geo.ts';

describe('haversineKm', () => {
  const half = Math.PI * EARTH_RADIUS_KM;
  it.each([
    { name: 'the same place', places: [31.2, 121.5, 31.2, 121.5], km: 0, digits: 12 },
    { name: 'a quarter along the equator', places: [0, 0, 0, 90], km: half / 2, digits: 9 },
    { name: 'pole to pole', places: [90, 0, -90, 77], km: half, digits: 9 },
    { name: 'antipodes', places: [12.3456789, -45.6, -12.3456789, 134.4], km: half, digits: 3 },
    { name: 'over the date line', places: [0, 179.5, 0, -179.5], km: half / 180, digits: 9 },
    // Veness' published example for haversine, with its radius of 6371 km.
    {
      name: "Land's End to John o' Groats",
      places: [50.0664, -5.7148, 58.644, -3.07],
      km: (968.9 / 6371) * EARTH_RADIUS_KM,
      digits: 0,
    },
  ])('$name', ({ places, km, digits }) => {
    const [a, b, c, d] = places as [number, number, number, number];
    expect(haversineKm(a, b, c, d)).toBeCloseTo(km, digits);
    expect(haversineKm(c, d, a, b)).toBeCloseTo(km, digits);
  });

  it.each([0, 1, 2, 3])('is missing when coordinate %i is', (i) => {
    const places: [number, number, number, number] = [1, 2, 3, 4];
    places[i] = NaN;
    expect(haversineKm(...places)).toBeNaN();
  });
});
