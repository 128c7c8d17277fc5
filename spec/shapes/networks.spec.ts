import { expect } from "chai";
import { startHttpProxy, type HttpProxy } from "../http-proxy.ts";
import { clear } from "../lib/engine/runner/stage.ts";
import { on, target } from "./lab/host.ts";
import { projectOf } from "./project.ts";

describe("a host behind an HTTP proxy", () => {
  const host = target("shape-proxy");
  const play = "spec/shapes/behind-proxy.ts";
  let proxy: HttpProxy;
  const urlWith = (password: string): string => `http://ann:${password}@${gateway}:${String(proxy.port)}`;
  let gateway = "";
  after(clear);

  before(async () => {
    gateway = (await on(host.name, "ip -4 route show default")).split(" ")[2] ?? "";
    proxy = await startHttpProxy(gateway, "ann:pass");
    // There is no other route out, and no name server.
    await on(
      host.name,
      `ip route del default; : > /etc/resolv.conf
printf '#!/bin/sh\\nexec systemd-notify --ready --exec ";" sleep infinity\\n' > /usr/local/bin/containerd; chmod 755 /usr/local/bin/containerd`,
    );
  });
  after(() => proxy.close());

  it("gets no packages without the proxy", async () => {
    const ended = await projectOf(host).play(play);
    expect(ended.code, ended.output).to.equal(2);
    expect(proxy.asked).to.deep.equal([]);
  });

  it("gets packages through http_proxy, without showing its password or leaving it on the host", async () => {
    const project = projectOf(host, { http_proxy: urlWith("pass") });
    const predicted = await project.play(play, "--check");
    expect(proxy.asked).to.deep.equal([]);
    const done = await project.play(play, "-vvv", "--diff");
    expect(done.code, done.output).to.equal(0);
    expect(done.output).to.not.include("ann:pass");
    expect(proxy.asked.join("\n"))
      .to.match(/^GET http:\/\/\S+InRelease$/m)
      .and.to.match(/^GET http:\/\/\S+\.deb$/m);
    expect(predicted.changes).to.deep.equal(done.changes);
    expect((await project.play(play)).changes).to.deep.equal([]);
    expect(
      await on(host.name, "grep -rl ann:pass /etc /var/lib /var/log /var/cache /usr/local /root 2>/dev/null || :"),
    ).to.equal("/etc/containerd/proxy.env");
  });

  it("makes containerd pull through the proxy, except for the cluster's own addresses", async () => {
    expect(await on(host.name, "stat -c '%a %U' /etc/containerd/proxy.env; cat /etc/containerd/proxy.env")).to.equal(
      [
        "600 root",
        `http_proxy="${urlWith("pass")}"`,
        `https_proxy="${urlWith("pass")}"`,
        `no_proxy="localhost,127.0.0.1,shape-proxy,${host.address},10.96.0.0/16,10.244.0.0/16,.svc,.cluster.local"`,
      ].join("\n"),
    );
    const environment = "$(tr '\\0' '\\n' < /proc/$(systemctl show -p MainPID --value containerd)/environ)";
    expect(await on(host.name, `echo "${environment}" | grep _proxy= | sort | cut -d = -f 1`)).to.equal(
      "http_proxy\nhttps_proxy\nno_proxy",
    );
  });

  it("reports the proxy's error for a wrong password", async () => {
    await on(host.name, "dpkg --purge netbase && apt-get clean");
    const ended = await projectOf(host, { http_proxy: urlWith("wrong") }).play(play);
    expect(ended.code, ended.output).to.equal(2);
    expect(ended.output)
      .to.match(/407|Proxy Authentication/)
      .and.not.include("ann:wrong");
  });
});

describe("a host with two interfaces", () => {
  const host = target("shape-bastion");
  const second = "10.189.3.12";
  const addressIn = async (vars: object): Promise<string> => {
    const ended = await projectOf(host, { ...vars }).play("spec/shapes/address.ts");
    expect(ended.code, ended.output).to.equal(0);
    return on(host.name, "cat /srv/address");
  };
  after(clear);

  before(() =>
    on(
      host.name,
      `ip link add eth1 type veth peer name eth1-peer && ip address add ${second}/24 dev eth1 && ip address add 10.189.4.12/24 dev eth1 && ip link set eth1 up`,
    ),
  );

  it("has the controller's address for it by default", async () => {
    expect(await addressIn({})).to.equal(host.address);
  });

  it("has the address of node_address if that is set", async () => {
    expect(await addressIn({ node_address: "10.189.4.12", node_interface: "eth0" })).to.equal("10.189.4.12");
  });

  it("has the first address of node_interface if that is set", async () => {
    expect(await addressIn({ node_interface: "eth1" })).to.equal(second);
  });

  it("is an error with its interfaces if node_interface is not one of them", async () => {
    const ended = await projectOf(host, { node_interface: "eth7" }).play("spec/shapes/address.ts");
    expect(ended.code, ended.output).to.equal(2);
    expect(ended.output).to.include("shape-bastion has no IPv4 address on an interface eth7 (node_interface), only on");
    expect(ended.output).to.include(`eth0 (${host.address})`).and.include(`eth1 (${second})`);
  });
});
