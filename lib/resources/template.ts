import path from "node:path";
import { path as pathQuery } from "../queries/path.ts";
import { isSecretTemplate, renderTemplate } from "../template/render.ts";
import { defineResource } from "./task.ts";
import * as files from "./wanted-file.ts";

export interface TemplateProps extends files.FileOptions {
  /** In the role's templates/ folder, or absolute. */
  readonly src: string;
  readonly values?: object;
}

const wanted = files.once(({ src, values = {} }: TemplateProps) => files.wantedOf(renderTemplate(src, values)));

/** A file made from a Handlebars template. */
export const template = defineResource({
  kind: "template",
  label: (p: TemplateProps) => p.dest,
  // Rendered here, so that a mistake is told before anything is asked or changed.
  locate: (p, roleFolder) => {
    const src = path.resolve(roleFolder, "templates", p.src);
    const located = { ...p, src, ...(isSecretTemplate(src) && { secret: true }) };
    wanted(located);
    return located;
  },
  needs: (p) => ({ path: pathQuery(p.dest) }),
  diff: (now, p) => files.fileDifferences(now.path, wanted(p), p),
  apply: (found, now, p) => files.fileSteps(found, now.path, wanted(p), p),
  forecast: (now, p) => ({ path: files.fileForecast(now.path, wanted(p), p) }),
  effects: (p) => files.fileEffects(p, wanted(p)),
});
