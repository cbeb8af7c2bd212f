// Great-circle distance by the haversine formula (Sinnott, 1984) on a sphere of the mean Earth
// radius. Error against the ellipsoid: up to 0.5 %, which no rule about travel notices.
// Cost: five trigonometric calls, ~60 ns. The formula keeps its precision for near points.

/** Mean Earth radius R1 (IUGG), km. */
export const EARTH_RADIUS_KM = 6371.0088;

const RADIANS_PER_DEGREE = Math.PI / 180;

/** Kilometres between two places in degrees WGS 84; NaN when any of the four is NaN. */
export function haversineKm(latA: number, lonA: number, latB: number, lonB: number): number {
  const halfLat = ((latB - latA) * RADIANS_PER_DEGREE) / 2;
  const halfLon = ((lonB - lonA) * RADIANS_PER_DEGREE) / 2;
  const sinLat = Math.sin(halfLat);
  const sinLon = Math.sin(halfLon);
  const chord =
    sinLat * sinLat +
    Math.cos(latA * RADIANS_PER_DEGREE) * Math.cos(latB * RADIANS_PER_DEGREE) * sinLon * sinLon;
  // Rounding may lift the chord of antipodes just over 1, where asin would be NaN.
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.sqrt(chord > 1 ? 1 : chord));
}
