import type { Output, Task } from "kubeplay";
import { connections, connectionsCheck, newnessKey, type Peer } from "./connections.ts";

export interface ConnectionOptions {
  readonly host: string;
  /** The hosts of the run. */
  readonly peers: readonly Peer[];
  readonly ports: Readonly<
    Record<"kube_apiserver_port" | "etcd_client_port" | "etcd_peer_port" | "etcd_metrics_port", number>
  >;
  readonly ignored: readonly string[];
  /** Whether a host has not joined the cluster yet, from its own report. */
  readonly isNew: (host: string) => Output<boolean | undefined>;
}

/** Checks that the hosts reach each other, where one of them is new. All must begin at about the same time. */
export const connectionTasks = ({ host, peers, ports, ignored, isNew }: ConnectionOptions): readonly Task[] =>
  ignored.includes(connectionsCheck)
    ? []
    : [
        connections("Check that the hosts reach each other", {
          host,
          peers,
          ports: {
            "kube-apiserver": ports.kube_apiserver_port,
            etcd: ports.etcd_client_port,
            "etcd peers": ports.etcd_peer_port,
            "etcd metrics": ports.etcd_metrics_port,
          },
          ...Object.fromEntries(peers.map(({ name }) => [newnessKey(name), isNew(name).or(undefined)] as const)),
        }),
      ];
