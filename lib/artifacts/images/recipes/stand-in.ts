import type { Ingredients } from "../ingredients.ts";
import type { Recipe } from "../recipe.ts";

export interface StandIn {
  readonly port: number;
  /** Path → response body, in addition to "/". */
  readonly pages: Readonly<Record<string, string>>;
  readonly reason: string;
}

/** nginx writes only to memory, because manifests make root file systems read-only. */
const configuration = ({ port, pages, reason }: StandIn): string => `pid /dev/shm/nginx.pid;
worker_processes 1;
error_log stderr;
events {}
http {
    access_log off;
    default_type text/plain;
${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `    ${name}_temp_path /dev/shm/${name};\n`).join("")}    server {
        listen ${String(port)};
${Object.entries({ "/": `A stand-in: ${reason}.`, ...pages })
  .map(([path, text]) => `        location = ${path} { return 200 '${text}\\n'; }\n`)
  .join("")}    }
}
`;

/** A web server with a few pages that ignores its arguments: enough to test its manifest. */
export const standInOf = (
  { architecture, root }: Ingredients,
  { port, pages, reason }: StandIn,
): Pick<Recipe, "architecture" | "base" | "entrypoint" | "files" | "scratch" | "standIn"> => ({
  architecture,
  base: root("nginx"),
  // Arguments from a manifest come after the script and become its own; the script ignores them.
  entrypoint: ["/bin/sh", "-c", "exec nginx -e stderr -c /etc/stand-in.conf -g 'daemon off;'", "stand-in"],
  files: { "/etc/stand-in.conf": { content: configuration({ port, pages, reason }) } },
  scratch: ["/tmp"],
  standIn: reason,
});
