// Every page loads this. Nothing here is needed to save or publish: the forms
// are plain posts, and these modules only make them faster and keep focus.
import "./htmx.ts";
import { watchForms } from "./form.ts";
import { watchFinders } from "./find.ts";
import { watchGrid } from "./grid/live.ts";
import { watchGrowing } from "./grow.ts";
import { watchKept } from "./kept.ts";
import { watchImport } from "./import.ts";
import { watchRichText } from "./rich.ts";
import { selectTitle, watchMenus } from "./menus.ts";
import { watchPalette } from "./palette.ts";
import { watchFocal } from "./focal.ts";
import { watchUploads } from "./upload.ts";
import { watchShortcuts } from "./shortcuts.ts";
import { watchTicks } from "./tick.ts";

watchKept();
// Before the forms: what stands in the grid goes first.
watchGrid();
watchForms();
watchFinders();
watchGrowing();
watchImport();
watchRichText();
watchFocal();
watchUploads();
watchMenus();
watchPalette();
watchShortcuts();
watchTicks();
selectTitle();
