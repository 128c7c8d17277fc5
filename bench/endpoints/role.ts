import { Type } from "typebox";
import { defineRole, service, unit } from "kubeplay";

/** The maximum number of sockets of one sshd. */
export const portsOfOne = 16;
export const firstPort = 20_000;

/** The unit of the sshd with this index, on its share of the ports. */
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

/** One host that answers on hundreds of ports, with 16 ports per sshd. */
export const manyEndpoints = defineRole({
  name: "many-endpoints",
  description: "One host in place of hundreds.",
  vars: {
    bench_endpoints: Type.Integer({ minimum: 1, maximum: 5000, default: 500, description: "The number of ports." }),
  },
  tasks: ({ vars: { bench_endpoints: count } }) => {
    const indices = Array.from({ length: Math.ceil(count / portsOfOne) }, (_, index) => index);
    const unitName = (index: number): string => `many-sshd-${index}.service`;
    return [
      ...indices.map((index) =>
        unit(`Write ${unitName(index)}`, { name: unitName(index), content: unitFile(index, count) }),
      ),
      ...indices.map((index) => service(`Start ${unitName(index)}`, { name: unitName(index), state: "started" })),
    ];
  },
});
