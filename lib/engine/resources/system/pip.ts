import { TaskError } from "../../errors.ts";
import { absolutePath } from "../../queries/keys.ts";
import { path as pathQuery, type PathState } from "../../queries/path.ts";
import { normalized, pythonPackage, type PythonPackageState } from "../../queries/python-package.ts";
import { quote } from "../../shell/quote.ts";
import { requirement, unknown, type Difference, type Needs, type Step } from "../../tasks/resource.ts";
import { presence, prop } from "../../tasks/properties.ts";
import { defineResource } from "../../tasks/task.ts";
import { folderOf } from "../files/requirements.ts";

/** The properties of `pip`. */
export interface PipProps {
  /** The folder of a virtual environment, absolute; it is made if it does not exist. */
  readonly venv: string;
  /** Each a name, "requests", or a name with a version, "requests==2.32.5"; extras as "uvicorn[standard]". */
  readonly names: readonly string[];
  /** The program that makes the environment: "python3" by default. */
  readonly python?: string;
  /** Seconds; 1800 by default. */
  readonly timeout?: number;
  readonly state?: "present" | "absent";
}

interface PipNow {
  readonly venv: PathState;
  readonly [name: `package ${string}`]: PythonPackageState;
}

interface Wanted {
  readonly text: string;
  readonly name: string;
  readonly version?: string;
}

const isAbsent = ({ state }: PipProps): boolean => state === "absent";
const markerOf = ({ venv }: PipProps): string => `${venv}/pyvenv.cfg`;

const pattern =
  /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(\[[A-Za-z0-9._, -]+\])?(?:==([A-Za-z0-9][A-Za-z0-9.+!]*))?$/;

function wantedBy(p: PipProps): Wanted[] {
  return p.names.map((text) => {
    const [, name, , version] = pattern.exec(text) ?? [];
    if (name === undefined)
      throw new TaskError(
        `${JSON.stringify(text)} is not a package, expected one such as requests or requests==2.32.5: other conditions are not compared`,
      );
    return { text, name, ...(version !== undefined && { version }) };
  });
}

/** PEP 440: zeros at the end, and the case, have no meaning. */
const plain = (version: string): string => version.toLowerCase().replace(/(?:\.0)+$/, "");
const isSame = (now: PythonPackageState, version?: string): boolean =>
  now !== undefined && (version === undefined || plain(now) === plain(version));

/**
 * Packages of Python in a virtual environment, by one pip for all names. With `.become("app")` it is the environment of
 * this user; root uses no environment that others can change. Where pip finds packages is set by variables such as
 * PIP_INDEX_URL, with `.environment`. Needs the package python3-venv. Fails with TaskError for a condition such as >=.
 *
 * @example
 * pip("Install the app's libraries", { venv: "/opt/app/venv", names: ["flask", "requests==2.32.5"] }).become("app");
 */
export const pip = defineResource({
  kind: "pip",
  props: {
    venv: prop.text,
    names: prop.listOf(prop.text),
    python: prop.optional(prop.text),
    timeout: prop.optional(prop.number),
    state: presence,
  },
  label: (p: PipProps) => p.venv,
  locate: (p) => {
    const version = wantedBy(p).find((one) => isAbsent(p) && one.version !== undefined);
    if (version) throw new TaskError(`${version.text} has a version, expected a name only: no version of it stays`);
    const names = wantedBy(p).map(({ name }) => normalized(name));
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) throw new TaskError(`${p.venv}: ${twice} is named twice, expected each package once`);
    if (p.timeout !== undefined && !(p.timeout > 0))
      throw new TaskError(`${p.venv}: timeout is ${String(p.timeout)}, expected seconds`);
    return { ...p, venv: absolutePath(p.venv) };
  },
  needs: (p): Needs<PipNow> => ({
    venv: pathQuery(markerOf(p)),
    ...Object.fromEntries(wantedBy(p).map(({ name }) => [`package ${name}`, pythonPackage(p.venv, name)])),
  }),
  diff: (now, p): Difference[] => [
    ...(now.venv.type === "absent" && !isAbsent(p) ? [{ what: "venv", before: "absent", after: "present" }] : []),
    ...wantedBy(p).flatMap(({ name, version, text }) => {
      const before = now[`package ${name}`];
      if (isAbsent(p)) return before === undefined ? [] : [{ what: text, before, after: "absent" }];
      return isSame(before, version) ? [] : [{ what: text, before: before ?? "absent", after: version ?? "present" }];
    }),
  ],
  apply: (found, { venv }, p): Step[] => {
    const names = p.names.filter((text) => found.some(({ what }) => what === text)).map(quote);
    const verb = isAbsent(p) ? "uninstall --yes" : "install";
    return [
      {
        sh: [
          ownFolder(p.venv),
          ...(venv.type === "absent" && !isAbsent(p)
            ? [`${quote(p.python ?? "python3")} -m venv ${quote(p.venv)}`]
            : []),
          ...(names.length > 0 ? [`${pipOf(p.venv)} ${verb} --quiet ${names.join(" ")}`] : []),
        ].join(" && "),
        timeout: p.timeout ?? 1800,
      },
    ];
  },
  forecast: (now, p) => ({
    venv: now.venv.type === "absent" && !isAbsent(p) ? unknown : now.venv,
    ...Object.fromEntries(
      wantedBy(p).map(({ name, version }) => {
        const before = now[`package ${name}`];
        if (isAbsent(p)) return [`package ${name}`, undefined];
        return [`package ${name}`, isSame(before, version) ? before : unknown];
      }),
    ),
  }),
  requires: (p) =>
    isAbsent(p)
      ? []
      : [
          ...folderOf(p.venv),
          ...(p.python === undefined
            ? [
                requirement(
                  pathQuery("/usr/bin/python3"),
                  ({ type }) => (type === "absent" ? `${p.venv}: there is no /usr/bin/python3` : undefined),
                  "add a packages task with python3-venv before it",
                ),
              ]
            : []),
        ],
  // Others come with those that are named.
  effects: (p) => [{ below: p.venv, state: unknown }, { kind: "python package" }],
  hint: () => "pip prints more with the environment PIP_VERBOSE=1",
});

const pipOf = (venv: string): string => `${quote(`${venv}/bin/python`)} -m pip --disable-pip-version-check --no-input`;

/** Programs of an environment run as the task's user, so that no one else may choose them. */
function ownFolder(venv: string): string {
  const folder = quote(venv);
  const problem = `${venv} belongs to another user, whose programs this task would run: do it as that user, with become`;
  return `kubeplay_alone ${folder} && cd / && { [ ! -e ${folder} ] || kubeplay_trusts "$(stat -L -c %u -- ${folder})" || { echo ${quote(problem)} >&2; exit 1; }; }`;
}
