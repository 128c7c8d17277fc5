import { tokenId } from "#cluster/bootstrap-token.ts";
import { endpoint } from "#cluster/urls.ts";
import { clientRequest, foundByName, nodesGroup, servingRequest, userOf, type Node } from "./request.ts";

/** The signers of kubelets' certificates. */
const serving = "kubernetes.io/kubelet-serving";
const client = "kubernetes.io/kube-apiserver-client-kubelet";

/** Hex, as text of others may contain spaces and line ends. */
const hex = (text: string): string => Buffer.from(text).toString("hex");
/** A list as the template prints it: with a comma before each entry, and one at the end. */
const listOf = (...entries: readonly string[]): string => `,${entries.map((entry) => `${hex(entry)},`).join("")}`;

/** A condition of kubectl's templates: the request is for a certificate that the approver judges. */
const isJudged = (clients: boolean): string => `eq .spec.signerName "${serving}"${clients ? ` "${client}"` : ""}`;

/**
 * A template for kubectl that prints a line for each request: a number that grows with the time of its creation, its
 * name, its signer, the user in hex, the groups and usages in hex, its last condition or -, and the request if it has no
 * condition.
 */
const requests = (clients: boolean): string =>
  [
    `{{range .items}}{{if ${isJudged(clients)}}}`,
    '{{.metadata.resourceVersion}} {{.metadata.name}} {{.spec.signerName}} {{printf "%x" .spec.username}} ',
    ',{{range .spec.groups}}{{printf "%x" .}},{{end}} ,{{range .spec.usages}}{{printf "%x" .}},{{end}} ',
    '{{if .status.conditions}}{{range .status.conditions}}{{.type}}{{end}}{{else}}- {{.spec.request}}{{end}}{{"\\n"}}',
    "{{end}}{{end}}",
  ].join("");

/** A template for kubectl --watch that prints a line for each request that waits for an answer. */
const waiting = (clients: boolean): string =>
  `{{if and (${isJudged(clients)}) (not .status.conditions)}}{{.metadata.name}}{{"\\n"}}{{end}}`;

/** What the approver compares requests with. `clients`: whether it judges requests for client certificates. */
export const comparedWith = (clients: boolean) => ({
  requests: requests(clients),
  waiting: waiting(clients),
  serving,
  client,
  nodesGroup: hex(nodesGroup),
  tokensGroup: hex("system:bootstrappers"),
  // Those of a key that is not RSA: pkg/kubelet/certificate, DefaultKubeletClientGetUsages.
  clientUsages: listOf("digital signature", "client auth"),
});

/**
 * One node as the approver reads it: name, host:port, the users in hex who are its kubelet and its bootstrap token,
 * expressions for its requests for a serving and for a client certificate, and - or the name that the inventory has for
 * its address.
 */
export const nodeRow = (node: Node & { readonly port: number; readonly cluster: string }): string =>
  [
    node.name,
    endpoint(node.address, node.port),
    hex(userOf(node.name)),
    hex(`system:bootstrap:${tokenId(node.cluster, node.name)}`),
    servingRequest(node),
    clientRequest(node.name),
    foundByName(node) ? node.address : "-",
  ].join(" ");
