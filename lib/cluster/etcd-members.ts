import { defineQuery, type Query, quote } from "kubeplay";
import { linesOf, unreadable } from "#engine/queries/keys.ts";

/** The folder of every member's certificates. */
export const etcdPki = "/etc/etcd/pki";

export interface EtcdMember {
  /** Empty for a member that was added and has not started yet. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  /** Whether it has published its client URLs, so it once had data. */
  readonly hasRun: boolean;
}

export type EtcdAnswer =
  /** There is no client certificate, or the host has data of its own and does not need to ask. */
  | { readonly state: "not asked" }
  /** The host is up, but nothing listens. */
  | { readonly state: "not running" }
  | { readonly state: "running"; readonly members: readonly EtcdMember[] }
  | { readonly state: "unclear"; readonly reason: string };

export interface EtcdQuestion {
  /** Address and peer port of the member to ask. */
  readonly address: string;
  readonly port: number;
  /** A host with data in this folder does not ask. */
  readonly unlessDataIn?: string;
  /** The folder of the CA and of the client certificate. */
  readonly pki?: string;
  /** Seconds of retries for a member that accepts connections but gives no good answer; asked once if absent. */
  readonly patience?: number;
}

/** The URL at which the other members reach a member; it identifies the member. */
export const peerUrl = ({ address, port }: { readonly address: string; readonly port: number }): string =>
  `https://${address}:${port}`;

/**
 * The peer port lists the members even if the cluster has no majority; the client port would block. The peer port does
 * not support HTTP/2. curl has the same exit code for a refused connection and for a host that is gone.
 */
const functions = `LC_ALL=C; export LC_ALL
tell() {
  curl --silent --show-error --fail --http1.1 --connect-timeout 3 --max-time 15 --noproxy '*' \\
    --cacert "$3/ca.crt" --cert "$3/healthcheck-client.crt" --key "$3/healthcheck-client.key" \\
    "https://$1:$2/members" 2>&1
}
# Whether the next try may succeed: for a member that hangs, starts or stops, never for one that is not trusted.
passes() {
  case $1 in
    22) case $2 in *"error: 408"* | *"error: 429"* | *"error: 5"*) ;; *) return 1 ;; esac ;;
    28) timeout 3 bash -c "</dev/tcp/$3/$4" 2>/dev/null ;;
    35 | 52 | 55 | 56) case $2 in *alert* | *certificate*) return 1 ;; esac ;;
    *) return 1 ;;
  esac
}
ask() {
  end=$(($(date +%s) + $6)) pause=1
  if [ -n "$5" ] && [ -e "$5/member" ] || [ ! -s "$4/healthcheck-client.key" ]; then said="not asked"
  else
    said=$(tell "$2" "$3" "$4"); code=$?
    while [ "$(date +%s)" -lt "$end" ] && passes $code "$said" "$2" "$3"; do
      sleep $pause; [ $pause -eq 5 ] || pause=$((pause + 1))
      said=$(tell "$2" "$3" "$4"); code=$?
    done
    if [ $code -eq 7 ]; then
      reason=$(timeout 3 bash -c "</dev/tcp/$2/$3" 2>&1) && { said=$(tell "$2" "$3" "$4"); code=$?; }
      case $reason in *refused*) code=refused ;; esac
    fi
    case $code in
      0) said="running $said" ;;
      refused) said="not running" ;;
      *) said="unclear $said" ;;
    esac
  fi
  printf '%s %s\\n' "$1" "$(printf %s "$said" | tr '\\n' ' ')"
}`;

/** Seconds: a host must answer a query within 600. */
const longest = 540;

const of = defineQuery<EtcdAnswer>({
  kind: "etcd members",
  // In parallel: a member that is gone takes seconds.
  ask: (keys) => {
    const asked = keys.map((key, index) => {
      const { address, port, pki = etcdPki, unlessDataIn = "", patience = 0 } = JSON.parse(key) as EtcdQuestion;
      const seconds = Math.min(patience, longest);
      return `ask ${index} ${quote(address)} ${port} ${quote(pki)} ${quote(unlessDataIn)} ${seconds} &`;
    });
    return `${functions}\n${asked.join("\n")}\nwait`;
  },
  parse: (stdout, keys) =>
    new Map(
      linesOf(stdout).map((line) => {
        const [, index, answer] = /^(\d+) (.*)$/.exec(line) ?? [];
        const key = keys[Number(index)];
        if (key === undefined || answer === undefined) throw unreadable(line);
        return [key, read(answer)];
      }),
    ),
  volatile: true,
});

/** Asks a member, from the host, for the members of its cluster. */
export const etcdMembers = (question: EtcdQuestion): Query<EtcdAnswer> => of(JSON.stringify(question));

function read(answer: string): EtcdAnswer {
  if (answer === "not asked" || answer === "not running") return { state: answer };
  const [, state, rest = ""] = /^(running|unclear) (.*)$/.exec(answer) ?? [];
  if (state === "unclear") return { state, reason: rest.trim() };
  if (state !== "running") throw unreadable(answer);
  const members = JSON.parse(rest) as readonly Listed[];
  return {
    state,
    members: members.map(({ name = "", peerURLs, clientURLs = [] }) => ({
      name,
      peerUrls: peerURLs,
      hasRun: clientURLs.length > 0,
    })),
  };
}

interface Listed {
  readonly name?: string;
  readonly peerURLs: readonly string[];
  readonly clientURLs?: readonly string[];
}
