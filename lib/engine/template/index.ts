export { isSecretTemplate, parseTemplate, renderTemplate, renderText } from "./render.ts";
