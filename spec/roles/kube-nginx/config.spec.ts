import { expect } from "chai";
import { renderTemplate } from "#lib/template/render.ts";

const render = (servers: string[]) =>
  renderTemplate("roles/kube-nginx/templates/nginx.conf.hbs", { port: 8443, servers });

describe("the proxy's configuration", () => {
  it("listens on this host only", () => expect(render(["192.0.2.11:6443"])).to.contain("listen 127.0.0.1:8443;"));
  it("names every apiserver and stops asking one that does not answer", () => {
    const text = render(["192.0.2.11:6443", "192.0.2.12:6443"]);
    expect(text).to.match(/server 192\.0\.2\.11:6443 max_fails=2 .*\n.*\n?.*server 192\.0\.2\.12:6443 max_fails=2 /);
  });
});
