// Tiles as the engine left them after a batch, kept for measuring one pass alone: rows decoded,
// features computed. Rules are then scored, or decisions written, over them again and again.

import { TILE_ROWS } from '../../dist/engine/feature-pass.js';

/**
 * Decides one batch of `count` tiles and returns a copy of each tile's tables.
 * @param {import('./engine-contender.mjs').EngineContender} contender
 */
export function keepTiles(contender, count, format) {
  const { program } = contender;
  const kept = [];
  let last = null;
  const keep = () => {
    if (last === null) return;
    const [table, F, , fired] = last;
    const i32 = table.i32.slice();
    const features = F.slice();
    kept.push({
      table: { ...table, i32, f64: new Float64Array(i32.buffer) },
      F: features,
      FI: new Int32Array(features.buffer),
      fired: fired.slice(),
    });
  };
  // The runner binds one table for all tiles in turn: what the one before left is copied first.
  program.bind = (...tables) => {
    keep();
    last = tables;
    Object.getPrototypeOf(program).bind.apply(program, tables);
  };
  const bytes = contender.fill(count * TILE_ROWS, format);
  contender.run(format, count * TILE_ROWS, bytes);
  keep();
  delete program.bind;
  return kept;
}

export function bindTile(program, { table, F, FI, fired }) {
  program.bind(table, F, FI, fired);
}
