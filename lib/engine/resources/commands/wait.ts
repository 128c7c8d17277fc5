import { isIP } from "node:net";
import { TaskError } from "../../errors.ts";
import { probe } from "../../queries/probe.ts";
import { covered } from "../../schema/covered.ts";
import { quote } from "../../shell/quote.ts";
import { defineResource } from "../../tasks/task.ts";

export interface WaitProps {
  /** A shell condition, or a TCP port that accepts connections, of this host by default. */
  readonly until: string | { readonly port: number; readonly host?: string };
  /** The awaited state, for messages; the condition itself by default. */
  readonly what?: string;
  /** Neither the condition nor its output is shown. */
  readonly secret?: boolean;
  /** Seconds; 120 by default. */
  readonly timeout?: number;
  /** Seconds between two tries; 0.5 by default. */
  readonly every?: number;
}

/** Seconds for one try of a port: a firewall that drops packets sends no answer at all. */
const portTimeout = 3;

const conditionOf = ({ until }: WaitProps): string => {
  if (typeof until === "string") return until;
  const { host = "127.0.0.1", port } = until;
  return `timeout ${String(portTimeout)} bash -c ': <"/dev/tcp/$0/$1"' ${quote(host)} ${quote(String(port))}`;
};

/** The labels of a name in DNS; an underscore is not allowed there, but some networks have it. */
const hostName = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$/i;

/** The host and the port may come from facts: they must be what they are taken for. */
function checkTarget({ until, timeout = 1, every = 1 }: WaitProps): void {
  for (const [name, seconds] of Object.entries({ timeout, every }))
    if (!(Number.isFinite(seconds) && seconds >= 0))
      throw new TaskError(`${name} is ${JSON.stringify(seconds)}, expected a number of seconds`);
  if (typeof until === "string") return;
  const { host, port } = until;
  if (host !== undefined && isIP(host) === 0 && !hostName.test(host))
    throw new TaskError(`${JSON.stringify(host)} is not the name of a host, expected a name or an IP address`);
  if (!(Number.isInteger(port) && port > 0 && port < 65536))
    throw new TaskError(`${JSON.stringify(port)} is not a port, expected a number from 1 to 65535`);
}

const whatOf = ({ what, until, secret }: WaitProps): string => {
  if (what !== undefined) return what;
  if (secret) return covered;
  return typeof until === "string" ? until : `port ${String(until.port)} of ${until.host ?? "127.0.0.1"}`;
};

/** Seconds after which each try is reported. */
const quiet = 10;

/** The condition may hold a secret. Every user can read the arguments of a program, but only root its environment. */
const tryOnce = 'condition=$kubeplay_until; unset kubeplay_until; eval "$condition"';

function loop(p: WaitProps): string {
  const { timeout = 120, every = 0.5 } = p;
  const failure = `${whatOf(p)}: timed out after ${String(timeout)} s`;
  return `begin=$(date +%s)
until said=$(kubeplay_until=${quote(conditionOf(p))} timeout ${String(timeout + 1)} sh -c ${quote(tryOnce)} 2>&1 </dev/null); do
  waited=$(($(date +%s) - begin))
  [ "$waited" -lt ${String(quiet)} ] || printf '%s (%s of %s s)\\n' "\${said:-waiting}" "$waited" ${String(timeout)} | tail -n 1
  if [ "$waited" -ge ${String(Math.ceil(timeout))} ]; then
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
  locate: (p) => {
    checkTarget(p);
    return p;
  },
  needs: (p) => ({ holds: probe(conditionOf(p)) }),
  diff: ({ holds }, p) =>
    holds ? [] : [{ what: whatOf(p), before: false, after: true, ...(p.secret && { secret: true }) }],
  // A try that hangs may begin in the last second and take as long again.
  apply: (_found, _now, p) => [{ sh: loop(p), timeout: 2 * (p.timeout ?? 120) + 30 }],
  forecast: () => ({ holds: true }),
  // The awaited event may have changed other states too.
  effects: () => ["everything"],
  waits: true,
});
