import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { renderTemplate } from "#engine/template/render.ts";
import { temporaryFolder } from "../../lib/engine/temporary.ts";

const render = (servers: string[]) =>
  renderTemplate("roles/kube-nginx/templates/nginx.conf.hbs", { port: 8443, connectTimeout: 2, servers });

describe("the proxy's configuration", () => {
  it("listens on this host only", () => expect(render(["192.0.2.11:6443"])).to.contain("listen 127.0.0.1:8443;"));
  it("names every apiserver and pauses one that does not answer", () => {
    const text = render(["192.0.2.11:6443", "192.0.2.12:6443"]);
    expect(text).to.match(/server 192\.0\.2\.11:6443 max_fails=2 .*\n.*\n?.*server 192\.0\.2\.12:6443 max_fails=2 /);
  });
});

/** Why the real nginx cannot be used here; undefined if it can. */
function obstacle(): string | undefined {
  if (!existsSync("/usr/sbin/nginx")) return "nginx is not installed here (apt-get install nginx libnginx-mod-stream)";
  const module = "/usr/lib/nginx/modules/ngx_stream_module.so";
  return existsSync(module) ? undefined : `nginx has no ${module} here (apt-get install libnginx-mod-stream)`;
}

const why = obstacle();
describe(`the proxy's configuration in the real nginx${why === undefined ? "" : ` (skipped: ${why})`}`, () => {
  const folder = temporaryFolder();
  /** The role's check, but with a pid file that everybody may write. */
  const check = (text: string) => {
    const file = path.join(folder, "nginx.conf");
    writeFileSync(file, text.replace(/^pid .*$/m, `pid "${folder}/nginx.pid";`));
    return spawnSync("/usr/sbin/nginx", ["-t", "-q", "-c", file], { encoding: "utf8" });
  };

  const asked = why === undefined ? it : it.skip;
  asked("is valid with one master and with three", () => {
    for (const servers of [["192.0.2.11:6443"], ["192.0.2.11:6443", "192.0.2.12:6443", "192.0.2.13:6443"]]) {
      const { status, stderr } = check(render(servers));
      expect(status, stderr).to.equal(0);
    }
  });
  asked("is invalid without a master, so the old configuration stays", () => {
    expect(check(render([])).status).to.not.equal(0);
  });
});
