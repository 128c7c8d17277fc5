import { defineResource, queries } from "kubeplay";
import { runLives } from "#cluster/run-lives.ts";

export interface RegistrationProps {
  readonly node: string;
  /** A shell condition: the API has the Node, and its kubelet made it. */
  readonly registered: string;
  /** Seconds. */
  readonly timeout: number;
}

/** Seconds for which a kubelet that just started may take to register its node. */
const usual = 60;

const uptime = `$(($(cut -d . -f 1 /proc/uptime) - $(systemctl show --value --property=ActiveEnterTimestampMonotonic kubelet) / 1000000))`;

/**
 * Waits until a node is registered. A kubelet registers only when it starts: if somebody deleted its Node since, it is
 * restarted, once.
 */
export const registration = defineResource({
  kind: "registration",
  label: ({ node }: RegistrationProps) => node,
  needs: ({ registered }) => ({ registered: queries.probe(registered) }),
  diff: ({ registered }, { node }) =>
    registered ? [] : [{ what: `the API has the node ${node}`, before: false, after: true }],
  apply: (_found, _now, { node, registered, timeout }) => [
    {
      sh: `${runLives}
begin=$(date +%s) restarted=
until said=$({ ${registered}; } 2>&1); do
  waited=$(($(date +%s) - begin))
  if [ -z "$restarted" ] && [ ${uptime} -ge ${usual} ]; then
    echo 'restarting the kubelet: it registers its node only when it starts'
    systemctl restart kubelet
    restarted=yes
  fi
  [ "$waited" -lt 10 ] || printf '%s (%s of %s s)\\n' "\${said:-the API has no such node}" "$waited" ${timeout} | tail -n 1
  if [ "$waited" -ge ${timeout} ]; then
    printf '%s\\n' 'the API has no node ${node} after ${timeout} s' "$said" >&2
    journalctl --unit=kubelet --lines=15 --output=cat --no-pager --quiet >&2
    exit 1
  fi
  run_lives
  sleep 0.5
done`,
      timeout: timeout + 60,
    },
  ],
  forecast: () => ({ registered: true }),
  effects: () => ["everything"],
  waits: true,
});
