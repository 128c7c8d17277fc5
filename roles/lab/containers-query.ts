import { defineQuery, TaskError } from "kubeplay";

/** Only containers with this label are touched; its value is the folder with the keys that open them. */
export const labLabel = "kubeplay.lab";
export const addressLabel = "kubeplay.address";
export const driverLabel = "kubeplay.driver";
export const architectureLabel = "kubeplay.architecture";
export const shapeLabel = "kubeplay.shape";

export interface FoundContainer {
  readonly name: string;
  /** "unfinished" never ran: its start failed, and it cannot be started either. */
  readonly status: "running" | "stopped" | "unfinished";
  /** The folder of the lab it belongs to; undefined if no lab made it. */
  readonly lab?: string;
  readonly address?: string;
  /** `lab_driver` at the time it was made. */
  readonly driver?: string;
  readonly architecture?: string;
  readonly shape?: string;
  readonly networks: readonly string[];
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;
const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];

function statusOf(state: unknown): FoundContainer["status"] {
  if (state === "running") return "running";
  return state === "created" || state === "configured" || state === "initialized" ? "unfinished" : "stopped";
}

function found(row: unknown): FoundContainer {
  const { Names, State, Labels, Networks } = isObject(row) ? row : {};
  const [name] = strings(Names);
  if (name === undefined) throw new TaskError("podman lists a container without a name");
  const labels = isObject(Labels) ? Labels : {};
  const { [labLabel]: lab, [addressLabel]: address, [driverLabel]: driver } = labels;
  const { [architectureLabel]: architecture, [shapeLabel]: shape } = labels;
  return {
    name,
    status: statusOf(State),
    ...(typeof lab === "string" && { lab }),
    ...(typeof address === "string" && { address }),
    ...(typeof driver === "string" && { driver }),
    ...(typeof architecture === "string" && { architecture }),
    ...(typeof shape === "string" && { shape }),
    networks: strings(Networks),
  };
}

/** All containers of the machine, not only the lab's; none if podman is not installed. The key is always "all". */
export const podmanContainers = defineQuery<readonly FoundContainer[]>({
  kind: "podman containers",
  ask: () => "! command -v podman >/dev/null || podman ps --all --format json",
  parse: (stdout, keys) => {
    const rows: unknown = stdout.trim() === "" ? [] : JSON.parse(stdout);
    const all = Array.isArray(rows) ? rows.map(found) : [];
    return new Map(keys.map((key) => [key, all]));
  },
});
