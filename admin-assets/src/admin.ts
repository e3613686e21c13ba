// Every page loads this. Nothing here is needed to save or publish: the forms
// are plain posts, and these modules only make them faster and keep focus.
import "./htmx.ts";
import { watchForms } from "./form.ts";
import { watchFinders } from "./find.ts";
import { watchRows } from "./rows.ts";
import { watchGrowing } from "./grow.ts";
import { watchImport } from "./import.ts";
import { watchRichText } from "./rich.ts";
import { watchShortcuts } from "./shortcuts.ts";

watchForms();
watchFinders();
watchRows();
watchGrowing();
watchImport();
watchRichText();
watchShortcuts();
