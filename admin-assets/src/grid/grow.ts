// Where the grid begins: the one file that live.ts fetches.
import { Deeds } from "./deeds.ts";
import { Grid } from "./grid.ts";
import { listen } from "./listen.ts";

export function grow(section: HTMLElement, touched: () => void): Grid {
  const grid: Grid = new Grid(section, touched, (deed) => deeds.press(deed));
  const deeds = new Deeds(grid);
  listen(grid, deeds);
  return grid;
}
