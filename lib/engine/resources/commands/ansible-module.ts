import {
  callScript,
  failureOf,
  printedBy,
  resultOf,
  type AnsibleCall,
  type AnsibleResult,
} from "../../ansible/call.ts";
import { nativeFor } from "../../ansible/natives.ts";
import { announce, packedModule } from "../../ansible/pack.ts";
import type { Result } from "../../connection/types.ts";
import { TaskError } from "../../errors.ts";
import { ansibleCheck, type AnsibleCheckState } from "../../queries/ansible-check.ts";
import { exported } from "../../shell/exported.ts";
import type { Lazy } from "../../tasks/output.ts";
import { prop } from "../../tasks/properties.ts";
import { ofPresent, unknown, type Difference } from "../../tasks/resource.ts";
import { taintOf } from "../../tasks/taint.ts";
import { defineResource, type Task } from "../../tasks/task.ts";

/** The properties of `ansibleModule`. */
export interface AnsibleModuleProps {
  /** The module with its collection: "community.postgresql.postgresql_ext". */
  readonly module: string;
  /** Its arguments, as in Ansible. */
  readonly args?: Readonly<Record<string, unknown>>;
  /** The environment of the module, in a check too. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The host's Python, a path or a name in the PATH; python3 by default. */
  readonly python?: string;
  /** The module reports a change each time it runs: it is not compared again after its change. */
  readonly always?: boolean;
  /** Neither its differences nor its messages are shown, and the host does not log its arguments. */
  readonly secret?: boolean;
  /** Seconds; 600 by default. */
  readonly timeout?: number;
}

interface AnsibleModuleNow {
  readonly check: AnsibleCheckState;
}

const callFor = (p: AnsibleModuleProps): Omit<AnsibleCall, "check"> => ({
  ...nameAndDigest(p.module),
  args: p.args ?? {},
  environment: p.environment ?? {},
  python: p.python ?? "python3",
  secret: p.secret === true || taintOf(p) !== undefined,
});

function nameAndDigest(module: string): Pick<AnsibleCall, "name" | "digest"> {
  const { name, digest } = packedModule(module);
  return { name, digest };
}

function resultFrom(p: AnsibleModuleProps, printed: Result): AnsibleResult {
  const call = { ...callFor(p), check: false };
  const [one = { missing: true as const }] = printedBy(printed.stdout, [call]);
  const result = resultOf(one, call);
  const failure = failureOf(result);
  if (failure !== undefined) throw new TaskError(failure, { printed: failure });
  return result;
}

const carried = defineResource({
  kind: "ansible module",
  props: {
    module: prop.text,
    args: prop.optional(prop.mapOf(prop.any)),
    environment: prop.optional(prop.mapOf(prop.text)),
    python: prop.optional(prop.text),
    always: prop.optional(prop.flag),
    secret: prop.optional(prop.flag),
    timeout: prop.optional(prop.number),
  },
  label: (p: AnsibleModuleProps) => p.module,
  locate: (p) => {
    exported(p.environment);
    const internal = Object.keys(p.args ?? {}).find((name) => name.startsWith("_ansible_"));
    if (internal !== undefined) throw new TaskError(`${p.module}: ${internal} is not an argument: kubeplay sets it`);
    packedModule(p.module);
    return p;
  },
  needs: (p) => ({ check: ansibleCheck(callFor(p)) }),
  diff: ({ check }: AnsibleModuleNow, p): Difference[] => {
    if (check.outcome === "same") return [];
    if (check.outcome === "different")
      return check.differences.map((difference) => ({ ...difference, ...(p.always && { always: true }) }));
    // A run learns from the module itself: its check may fail where the module does not.
    return [{ what: "run", before: undefined, after: p.module, always: true }];
  },
  apply: (_found, _now, p) => {
    const call = { ...callFor(p), check: false };
    return [
      {
        overConnection: (writer, { environment = {}, limit = p.timeout }) =>
          writer.run(callScript([{ ...call, environment: { ...environment, ...call.environment } }]), {
            ...(limit !== undefined && { timeout: limit }),
          }),
        about: call,
      },
    ];
  },
  judge: ([printed], p) => (printed && resultFrom(p, printed).changed ? "changed" : "ok"),
  output: ({ check }, p, [printed]): AnsibleResult =>
    printed ? resultFrom(p, printed) : (check.result ?? { changed: false }),
  forecast: ({ check }, p) => ({
    check:
      check.outcome === "different" && !p.always
        ? { outcome: "same" as const, differences: [], message: "", warnings: [] }
        : unknown,
  }),
  effects: () => ["everything"],
  requires: (p) => [
    ofPresent(ansibleCheck(callFor(p)), ({ outcome, message }) => (outcome === "failed" ? message : undefined)),
  ],
  warnings: ({ check }, p) => [
    ...check.warnings,
    ...(check.outcome === "unknown"
      ? [`${p.module} cannot tell in check mode whether it changes anything, so it runs each time: ${check.message}`]
      : []),
  ],
  unsettled: "a module that reports a change each time needs always: true",
  hint: (p) => {
    const native = nativeFor(p.module);
    return native === undefined ? "" : `kubeplay does the same without Ansible: ${native}`;
  },
  // Whatever a module tells may come from any argument.
  parts: () => ({}),
});

/**
 * A task of any Ansible module that runs on the host, without Ansible's connection: ansible-core on the controller packs
 * it, and kubeplay carries it. The host needs Python. The module's check mode is the comparison, in a check and before a
 * run; one without check mode runs each time, and tells itself whether it changed anything. `Result` is the type of what
 * it returns. The task fails if the module does. Action plugins, such as copy and template, cannot be carried: an error
 * names the resource to use.
 *
 * @example
 * ansibleModule("Install the extension", {
 *   module: "community.postgresql.postgresql_ext",
 *   args: { name: "pg_trgm", login_db: "shop" },
 * }).become("postgres");
 */
export function ansibleModule<Result extends object = object>(
  name: string,
  props: Lazy<AnsibleModuleProps>,
): Task<AnsibleResult & Result> {
  if (typeof props.module === "string") announce(props.module);
  return carried(name, props) as Task<AnsibleResult & Result>;
}
