import { endpoint } from "#cluster/urls.ts";
import { foundByName, servingRequest, userOf, type Node } from "./request.ts";

/** What is pending, a line each: name, user in hex (it may hold spaces and line ends), "system:nodes" or -, the request. */
export const pending = [
  "{{range .items}}{{if not .status.conditions}}",
  '{{$group := "-"}}{{range .spec.groups}}{{if eq . "system:nodes"}}{{$group = .}}{{end}}{{end}}',
  '{{.metadata.name}} {{printf "%x" .spec.username}} {{$group}} {{.spec.request}}{{"\\n"}}',
  "{{end}}{{end}}",
].join("");

/** What the program knows of one node: name, host:port, user in hex, its request, and a name that leads to its address. */
export const nodeRow = (node: Node & { readonly port: number }): string =>
  [
    node.name,
    endpoint(node.address, node.port),
    Buffer.from(userOf(node.name)).toString("hex"),
    servingRequest(node),
    foundByName(node) ? node.address : "-",
  ].join(" ");
