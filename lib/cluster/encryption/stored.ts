import { defineQuery, type Query, quote } from "kubeplay";
import { etcdctlFlags } from "../etcd-members.ts";
import type { Encryptable } from "./config.ts";

/** An object in etcd, and how its bytes are encrypted. */
export interface StoredObject {
  readonly namespace: string;
  readonly name: string;
  /** "secretbox key-2-5f0e3a91", or "identity" if they are not. */
  readonly by: string;
}

export interface StoredQuestion {
  readonly resource: Encryptable;
  /** The path of etcdctl on the master. */
  readonly etcdctl: string;
  /** The URL of its member. */
  readonly endpoint: string;
  /** Seconds that etcd has to list all objects. By itself, etcdctl waits 5. */
  readonly seconds: number;
}

/** etcdctl prints key and value as quoted strings, a line each. Of a value only the name of its key leaves the host. */
const brief = [
  's|^"Key" : "/registry/[a-z]*/\\(.*\\)"$|\\1|p',
  's|^"Value" : "k8s:enc:\\([a-z]*\\):v[0-9]*:\\([^:"]*\\):.*|=\\1 \\2|p',
  's|^"Value" : .*|=identity|p',
];

const ask = ({ resource, etcdctl, endpoint, seconds }: StoredQuestion): string => {
  const get = `${quote(etcdctl)} --endpoints ${quote(endpoint)} ${etcdctlFlags} --command-timeout=${String(seconds)}s get /registry/${resource}/ --prefix -w fields`;
  const shorten = `LC_ALL=C sed -n ${brief.map((one) => `-e ${quote(one)} -e t`).join(" ")}`;
  return `set -o pipefail; echo "#"; { said=$({ ${get} | ${shorten} >&3; } 2>&1) || echo "!$(printf %s "$said" | tail -n 1)"; } 3>&1`;
};

function parse(text: string): readonly StoredObject[] {
  const lines = text.split("\n").filter((line) => line !== "");
  const objects: StoredObject[] = [];
  for (let index = 0; index < lines.length; index += 2) {
    const [, namespace, name] = /^([^/]+)\/([^/]+)$/.exec(lines[index] ?? "") ?? [];
    const [, by] = /^=(.+)$/.exec(lines[index + 1] ?? "") ?? [];
    if (namespace === undefined || name === undefined || by === undefined)
      throw new Error(`unexpected "${(lines[index] ?? "").slice(0, 100)}"`);
    objects.push({ namespace, name, by });
  }
  return objects;
}

const of = defineQuery<readonly StoredObject[]>({
  kind: "objects in etcd",
  ask: (keys) => keys.map((key) => `(${ask(JSON.parse(key) as StoredQuestion)})`).join("\n"),
  parse: (stdout, keys) => {
    const parts = stdout.split(/^#\n/m).slice(1);
    return new Map(
      keys.map((key, index) => {
        const part = parts[index] ?? "!\n";
        const [, why] = /^!(.*)\n$/m.exec(part) ?? [];
        if (why !== undefined) throw new Error(`etcd does not list its objects${why === "" ? "" : `: ${why}`}`);
        return [key, parse(part)] as const;
      }),
    );
  },
  volatile: true,
});

/** All objects of a resource as etcd has them, without what is in them. Asked on a master. */
export const storedObjects = ({
  resource,
  etcdctl,
  endpoint,
  seconds,
}: StoredQuestion): Query<readonly StoredObject[]> => of(JSON.stringify({ resource, etcdctl, endpoint, seconds }));
