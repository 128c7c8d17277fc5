import { callScript, failureOf, printedBy, resultOf, type AnsibleCall, type AnsibleResult } from "../ansible/call.ts";
import { differencesOf, type AnsibleDifference } from "../ansible/differences.ts";
import { TaskError } from "../errors.ts";
import { defineQuery, type Query } from "./define.ts";

/** What an Ansible module says in its check mode. */
export interface AnsibleCheckState {
  /** "unknown": it does not support check mode, or cannot tell. */
  readonly outcome: "same" | "different" | "unknown" | "failed";
  readonly differences: readonly AnsibleDifference[];
  /** Why it is unknown, or failed. */
  readonly message: string;
  readonly warnings: readonly string[];
  /** Absent in a forecast. */
  readonly result?: AnsibleResult;
}

const nothing = { differences: [], message: "", warnings: [] };

const of = defineQuery<AnsibleCheckState>({
  kind: "ansible check",
  volatile: true,
  ask: (keys) => callScript(keys.map(callOf)),
  parse: (stdout, keys) => {
    const calls = keys.map(callOf);
    const printed = printedBy(stdout, calls);
    return new Map(
      calls.map((call, index) => [
        keys[index] ?? "",
        stateOf(() => resultOf(printed[index] ?? { missing: true }, call)),
      ]),
    );
  },
});

const callOf = (key: string): AnsibleCall => ({ ...(JSON.parse(key) as Omit<AnsibleCall, "check">), check: true });

function stateOf(read: () => AnsibleResult): AnsibleCheckState {
  try {
    const result = read();
    const warnings = (Array.isArray(result.warnings) ? result.warnings : []).map(String);
    const failure = failureOf(result);
    if (failure !== undefined) return { ...nothing, outcome: "failed", message: failure, warnings, result };
    if (result.skipped === true)
      return { ...nothing, outcome: "unknown", message: messageOf(result), warnings, result };
    return result.changed
      ? { ...nothing, outcome: "different", differences: differencesOf(result), warnings, result }
      : { ...nothing, outcome: "same", warnings, result };
  } catch (error) {
    if (!(error instanceof TaskError)) throw error;
    return { ...nothing, outcome: "failed", message: error.message };
  }
}

const messageOf = ({ msg }: AnsibleResult): string => (typeof msg === "string" ? msg : "it was skipped");

/** What a packed Ansible module would change, as it says in check mode. Asked again after each change. */
export const ansibleCheck = (call: Omit<AnsibleCall, "check">): Query<AnsibleCheckState> => of(JSON.stringify(call));
