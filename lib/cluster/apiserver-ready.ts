import { quote } from "kubeplay";
import { endpoint } from "./urls.ts";

/** The folder of kube-apiserver's certificates on a master. */
export const apiserverPki = "/etc/kubernetes/pki";

/**
 * A shell condition on a master: the kube-apiserver at this address is ready. Anonymous requests are refused, so it uses a
 * certificate that is there anyway.
 */
export const apiserverReady = (address: string, port: number): string =>
  [
    "curl -fsS --max-time 15 -o /dev/null",
    `--cacert ${apiserverPki}/ca-bundle.crt --cert ${apiserverPki}/apiserver-kubelet-client.crt --key ${apiserverPki}/apiserver-kubelet-client.key`,
    quote(`https://${endpoint(address, port)}/readyz`),
  ].join(" ");
