import { Type } from "typebox";
import { defineRole } from "#engine/dsl/index.ts";
import { service, unit } from "#engine/resources/index.ts";

/** sshd listens on no more sockets than this. */
export const portsOfOne = 16;
export const firstPort = 20_000;

/** A unit that is sshd on the ports of its own; they end where the last one is reached. */
function unitFile(index: number, count: number): string {
  const ports = Array.from({ length: Math.min(portsOfOne, count - index * portsOfOne) }, (_, i) => i);
  const options = ports.map((port) => `-p ${firstPort + index * portsOfOne + port}`).join(" ");
  return `[Unit]
Description=sshd ${index} of the bench's many

[Service]
# The usual 10:30:100 drops connections from the eleventh that has not logged in yet.
ExecStart=/usr/sbin/sshd -D -o AddressFamily=inet -o PidFile=none -o MaxStartups=1000 ${options}

[Install]
WantedBy=multi-user.target
`;
}

/** One host that can be reached at hundreds of ports, by several sshd of 16 ports each. */
export const manyEndpoints = defineRole({
  name: "many-endpoints",
  description: "A host that stands for hundreds.",
  vars: {
    bench_endpoints: Type.Integer({ minimum: 1, maximum: 5000, default: 500, description: "How many ports it has." }),
  },
  tasks: ({ vars: { bench_endpoints: count } }) => {
    const indices = Array.from({ length: Math.ceil(count / portsOfOne) }, (_, index) => index);
    const nameOf = (index: number): string => `many-sshd-${index}.service`;
    return [
      ...indices.map((index) =>
        unit(`Write ${nameOf(index)}`, { name: nameOf(index), content: unitFile(index, count) }),
      ),
      ...indices.map((index) => service(`Start ${nameOf(index)}`, { name: nameOf(index), state: "started" })),
    ];
  },
});
