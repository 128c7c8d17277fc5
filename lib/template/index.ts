export { parseTemplate, renderTemplate, renderText } from "./render.ts";
