/** The folder on every host whose files node-exporter serves as metrics, as Debian's package of it has it. */
export const textfileFolder = "/var/lib/prometheus/node-exporter";
