import { TaskError } from "../../errors.ts";
import { content, type ContentState } from "../../queries/content.ts";
import { digest } from "../../queries/digest.ts";
import { locale } from "../../queries/locale.ts";
import { path as pathQuery, type PathState } from "../../queries/path.ts";
import { effect, requirement, unknown, type Difference, type Needs } from "../../tasks/resource.ts";
import { presence, prop } from "../../tasks/properties.ts";
import { defineResource } from "../../tasks/task.ts";
import { editSteps, textOf } from "../files/edit-steps.ts";
import { joined, linesOf } from "../files/edited-file.ts";
import * as files from "../files/wanted-file.ts";

/** The properties of `locales`. */
export interface LocalesProps {
  /** Each as "de_DE.UTF-8", with its character set. */
  readonly names: readonly string[];
  readonly state?: "present" | "absent";
}

interface LocalesNow {
  readonly file: PathState;
  readonly text: ContentState;
  readonly [name: `locale ${string}`]: boolean;
}

const dest = "/etc/locale.gen";
const program = "/usr/sbin/locale-gen";
const isAbsent = ({ state }: LocalesProps): boolean => state === "absent";

/** "de_DE.UTF-8" is the line "de_DE.UTF-8 UTF-8"; of "de_DE.ISO-8859-15@euro" the name is "de_DE@euro". */
function lineOf(name: string): string {
  const [, language = "", charset = "", modifier = ""] = pattern.exec(name) ?? [];
  const isPlain = charset === "UTF-8" && modifier === "";
  return `${language}${isPlain ? `.${charset}` : ""}${modifier} ${charset}`;
}
const pattern = /^([a-z]{2,3}(?:_[A-Z]{2})?)\.([A-Z0-9-]+)(@[a-z]+)?$/;

const isActive = (text: string, name: string): boolean =>
  linesOf(text).some((line) => line.trim().replace(/\s+/g, " ") === lineOf(name));

/** The text with one line for the name, as a comment if it is to go. */
function withLine(text: string, name: string, active: boolean): string {
  const lines = linesOf(text);
  const wanted = active ? lineOf(name) : `# ${lineOf(name)}`;
  const isOf = (line: string): boolean =>
    line
      .replace(/^[\s#]+/, "")
      .trim()
      .replace(/\s+/g, " ") === lineOf(name);
  const edited = lines.map((line) => (isOf(line) ? wanted : line));
  return joined(lines.some(isOf) || !active ? edited : [...edited, wanted]);
}

const oldText = ({ file, text }: LocalesNow): string => textOf({ path: file, text }, dest);
const newText = (now: LocalesNow, p: LocalesProps): string =>
  p.names.reduce(
    (text, name) => (isActive(text, name) === isAbsent(p) ? withLine(text, name, !isAbsent(p)) : text),
    oldText(now),
  );
const options = (file: PathState): files.FileOptions => ({
  dest,
  mode: file.type === "file" ? file.mode : files.defaultMode,
});

/**
 * Locales that programs can use, by /etc/locale.gen and locale-gen: all names of a task at once. The locale that users
 * have is a line of /etc/default/locale. Needs the package locales. Fails with TaskError for a name without a character
 * set, and if /etc/locale.gen is a link.
 *
 * @example
 * locales("Have German and Chinese", { names: ["de_DE.UTF-8", "zh_CN.UTF-8"] });
 */
export const locales = defineResource({
  kind: "locales",
  props: { names: prop.listOf(prop.text), state: presence },
  label: (p: LocalesProps) => p.names.join(", "),
  locate: (p) => {
    const wrong = p.names.find((name) => !pattern.test(name));
    if (wrong !== undefined)
      throw new TaskError(`${JSON.stringify(wrong)} is not the name of a locale, expected one such as de_DE.UTF-8`);
    return p;
  },
  needs: (p): Needs<LocalesNow> => ({
    file: pathQuery(dest),
    text: content(dest),
    ...Object.fromEntries(p.names.map((name) => [`locale ${name}`, locale(name)])),
  }),
  diff: (now, p): Difference[] => {
    if (now.file.type === "link") throw new TaskError(`${dest} is a link to ${now.file.target}, expected a file`);
    const [before, after] = isAbsent(p) ? [true, false] : [false, true];
    const text = oldText(now);
    return p.names
      .filter((name) => now[`locale ${name}`] === before || isActive(text, name) === before)
      .map((what) => ({ what, before, after }));
  },
  apply: (_found, now, p) => {
    const after = newText(now, p);
    return [
      ...(after === oldText(now) ? [] : editSteps({ path: now.file, text: now.text }, after, options(now.file))),
      { sh: `${program} >/dev/null`, timeout: 1800 },
    ];
  },
  forecast: (now, p) => {
    const after = newText(now, p);
    const isSame = after === oldText(now);
    return {
      file: isSame ? now.file : files.fileForecast(now.file, files.wantedOf(after), options(now.file)),
      text: isSame ? now.text : after,
      ...Object.fromEntries(p.names.map((name) => [`locale ${name}`, !isAbsent(p)])),
    };
  },
  requires: (p) => [
    requirement(
      pathQuery(program),
      ({ type }) => (type === "absent" ? `${p.names.join(", ")}: there is no ${program}` : undefined),
      "add a packages task with locales before it",
    ),
  ],
  effects: () => [effect(digest(dest), unknown), { below: "/usr/lib/locale", state: unknown }],
});
