import { quote } from "kubeplay";
import { endpoint } from "#cluster/urls.ts";

export interface Probe {
  /** The unit, without its suffix. */
  readonly name: string;
  /** A shell command that succeeds if the component answers. */
  readonly command: string;
}

export interface ProbeSettings {
  readonly isMaster: boolean;
  readonly hasKubeProxy: boolean;
  /** Of this host. */
  readonly address: string;
  readonly etcdMetricsPort: number;
  readonly apiserverPort: number;
  /** Where each listens: an address of this host. */
  readonly controllerManager: { readonly address: string; readonly port: number };
  readonly scheduler: { readonly address: string; readonly port: number };
}

const pki = "/etc/kubernetes/pki";
const get = (url: string, ...options: string[]): string =>
  ["curl -fsS --max-time 15 -o /dev/null --noproxy '*'", ...options, quote(url)].join(" ");
const ca = `--cacert ${pki}/ca-bundle.crt`;

/** gRPC's health check with an empty request: curl shows a server that answers at all. */
const containerd = [
  `printf '\\0\\0\\0\\0\\0' | curl -fsS --max-time 15 -o /dev/null --http2-prior-knowledge`,
  "--unix-socket /run/containerd/containerd.sock -H 'content-type: application/grpc' -H 'te: trailers'",
  "--data-binary @- http://containerd/grpc.health.v1.Health/Check",
].join(" ");

/** A component that fails these checks can only be helped by a restart: no check depends on another component. */
export const probes = (s: ProbeSettings): readonly Probe[] => [
  { name: "containerd", command: containerd },
  // The kubelet is systemd's: its unit has a watchdog.
  ...(s.hasKubeProxy ? [{ name: "kube-proxy", command: get("http://127.0.0.1:10256/livez") }] : []),
  ...(s.isMaster
    ? [
        { name: "etcd", command: get(`http://127.0.0.1:${String(s.etcdMetricsPort)}/livez`) },
        {
          name: "kube-apiserver",
          command: get(
            `https://${endpoint(s.address, s.apiserverPort)}/livez?exclude=etcd`,
            ca,
            `--cert ${pki}/apiserver-kubelet-client.crt --key ${pki}/apiserver-kubelet-client.key`,
          ),
        },
        {
          name: "kube-controller-manager",
          command: get(`https://${endpoint(s.controllerManager.address, s.controllerManager.port)}/healthz`, ca),
        },
        {
          name: "kube-scheduler",
          command: get(`https://${endpoint(s.scheduler.address, s.scheduler.port)}/healthz`, ca),
        },
      ]
    : []),
];
