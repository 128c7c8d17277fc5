import { probe } from "../../queries/probe.ts";
import { quote } from "../../shell/quote.ts";
import { defineResource } from "../../tasks/task.ts";

export interface WaitProps {
  /** A shell condition, or a TCP port that accepts connections, of this host by default. */
  readonly until: string | { readonly port: number; readonly host?: string };
  /** The awaited state, for messages; the condition itself by default. */
  readonly what?: string;
  /** Seconds; 120 by default. */
  readonly timeout?: number;
  /** Seconds between two tries; 0.5 by default. */
  readonly every?: number;
}

/** Seconds for one try of a port: a firewall that drops packets sends no answer at all. */
const portTimeout = 3;

const conditionOf = ({ until }: WaitProps): string =>
  typeof until === "string"
    ? until
    : `timeout ${String(portTimeout)} bash -c ${quote(`</dev/tcp/${until.host ?? "127.0.0.1"}/${String(until.port)}`)}`;

const whatOf = ({ what, until }: WaitProps): string => {
  if (what !== undefined) return what;
  return typeof until === "string" ? until : `port ${String(until.port)} of ${until.host ?? "127.0.0.1"}`;
};

/** Seconds after which each try is reported. */
const quiet = 10;

function loop(p: WaitProps): string {
  const { timeout = 120, every = 0.5 } = p;
  const failure = `${whatOf(p)}: timed out after ${String(timeout)} s`;
  return `begin=$(date +%s)
until said=$(timeout ${String(timeout + 1)} sh -c ${quote(conditionOf(p))} 2>&1 </dev/null); do
  waited=$(($(date +%s) - begin))
  [ "$waited" -lt ${String(quiet)} ] || printf '%s (%s of %s s)\\n' "\${said:-waiting}" "$waited" ${String(timeout)} | tail -n 1
  if [ "$waited" -ge ${String(timeout)} ]; then
    printf '%s\\n' ${quote(failure)} >&2
    [ -z "$said" ] || printf 'The last try printed: %s\\n' "$said" | tail -n 10 >&2
    exit 1
  fi
  sleep ${String(every)}
done`;
}

/**
 * Waits until a condition holds or a port accepts connections; never a change. The task fails if the time is over, with
 * the output of the last try.
 *
 * @example
 * wait("Wait for the API server", { until: { port: 6443 }, timeout: 300 });
 */
export const wait = defineResource({
  kind: "wait",
  label: (p: WaitProps) => whatOf(p),
  needs: (p) => ({ holds: probe(conditionOf(p)) }),
  diff: ({ holds }, p) => (holds ? [] : [{ what: whatOf(p), before: false, after: true }]),
  // A try that hangs may begin in the last second and take as long again.
  apply: (_found, _now, p) => [{ sh: loop(p), timeout: 2 * (p.timeout ?? 120) + 30 }],
  forecast: () => ({ holds: true }),
  // The awaited event may have changed other states too.
  effects: () => ["everything"],
  waits: true,
});
