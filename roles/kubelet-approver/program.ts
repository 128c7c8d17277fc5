import { endpoint } from "#cluster/urls.ts";
import { foundByName, servingRequest, userOf, type Node } from "./request.ts";

/**
 * A template for kubectl that prints a line for each pending request: its name, the user in hex (it may contain spaces
 * and line ends), "system:nodes" or -, the request.
 */
export const pending = [
  "{{range .items}}{{if not .status.conditions}}",
  '{{$group := "-"}}{{range .spec.groups}}{{if eq . "system:nodes"}}{{$group = .}}{{end}}{{end}}',
  '{{.metadata.name}} {{printf "%x" .spec.username}} {{$group}} {{.spec.request}}{{"\\n"}}',
  "{{end}}{{end}}",
].join("");

/**
 * One node as the approver reads it: name, host:port, user in hex, an expression for its request, and - or the name
 * that the inventory has for its address.
 */
export const nodeRow = (node: Node & { readonly port: number }): string =>
  [
    node.name,
    endpoint(node.address, node.port),
    Buffer.from(userOf(node.name)).toString("hex"),
    servingRequest(node),
    foundByName(node) ? node.address : "-",
  ].join(" ");
