import path from "node:path";
import { TaskError } from "../../errors.ts";
import { path as pathQuery } from "../../queries/path.ts";
import { isSecretTemplate, renderTemplate } from "../../template/render.ts";
import type { Needs } from "../../tasks/resource.ts";
import { accountsOf, folderOf } from "./requirements.ts";
import { defineResource } from "../../tasks/task.ts";
import { removalNeeds, type RemovalState } from "./to-come.ts";
import * as files from "./wanted-file.ts";
import { presence, prop } from "../../tasks/properties.ts";

/** The properties of `template`. */
export interface TemplateProps extends files.FileOptions {
  /** The template: absolute, or in the role's templates/ folder. Not used with state "absent". */
  readonly src?: string;
  /** The values for the template; a name without a value is an error. */
  readonly values?: object;
  readonly state?: "present" | "absent";
}

const isAbsent = ({ state }: TemplateProps): boolean => state === "absent";
const wanted = files.once(({ src = "", values = {} }: TemplateProps) => files.wantedOf(renderTemplate(src, values)));

/**
 * A file rendered from a Handlebars template; mode 0644 by default. Nothing is escaped. Fails with InputError, with
 * file, line and column, if the template is invalid or a value is missing; fails with TaskError if a directory is in
 * the file's place.
 *
 * @example
 * template("Configure nginx", {
 *   src: "nginx.conf.hbs", dest: "/etc/nginx/nginx.conf", values: { port: 8443 }, validate: "nginx -t -c %s",
 * });
 */
export const template = defineResource({
  kind: "template",
  props: {
    ...files.fileRules,
    src: prop.optional(prop.text),
    values: prop.optional(prop.object),
    state: presence,
  },
  label: (p: TemplateProps) => p.dest,
  // Rendered here, so that mistakes are reported before anything is asked or changed.
  locate: (given, roleFolder) => {
    const p = files.located(given);
    if (isAbsent(p)) return p;
    if (p.src === undefined) throw new TaskError(`${p.dest}: a template requires src`);
    const src = path.resolve(roleFolder, "templates", p.src);
    const located = { ...p, src, ...(isSecretTemplate(src) && { secret: true }) };
    wanted(located);
    return located;
  },
  needs: (p): Needs<RemovalState> => (isAbsent(p) ? removalNeeds(p.dest) : { path: pathQuery(p.dest) }),
  diff: (now, p) =>
    isAbsent(p) ? files.removalDifferences(now, p.dest) : files.fileDifferences(now.path, wanted(p), p),
  apply: (found, now, p) =>
    isAbsent(p) ? files.removalSteps(p.dest, now.path) : files.fileSteps(found, now.path, wanted(p), p),
  forecast: (now, p) => ({ path: isAbsent(p) ? files.absent : files.fileForecast(now.path, wanted(p), p) }),
  requires: (p) => (isAbsent(p) ? [] : [...folderOf(p.dest), ...accountsOf(p.dest, p)]),
  effects: (p, found) => (isAbsent(p) ? files.removalEffects(p.dest) : files.fileEffects(p, wanted(p), found)),
});
