import { execFileSync } from "node:child_process";
import { utimesSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { quote } from "kubeplay";
import { activeProxyConfiguration, listedInProxies } from "#cluster/proxy-list.ts";
import { temporaryFolder } from "../engine/temporary.ts";

const list = `upstream kube_apiservers {
  server 10.0.0.1:6443 max_fails=2 fail_timeout=10s;
  server 10.0.0.12:6443 down max_fails=2 fail_timeout=10s;
}
`;

describe("the proxies' list of API servers", () => {
  const folder = temporaryFolder();

  const isListed = (address: string, age: number): boolean => {
    const file = `${folder}/nginx.conf`;
    writeFileSync(file, list);
    const then = Date.now() / 1000 - age;
    utimesSync(file, then, then);
    const condition = listedInProxies(address, 6443, { kube_nginx_check_interval: 10 });
    try {
      execFileSync("sh", ["-c", condition.replaceAll(activeProxyConfiguration, quote(file))]);
      return true;
    } catch {
      return false;
    }
  };

  it("has a server that gets requests, and neither one that is down nor one that it lacks", () => {
    expect(isListed("10.0.0.1", 60)).to.equal(true);
    expect(isListed("10.0.0.12", 60)).to.equal(false);
    expect(isListed("10.0.0.13", 60)).to.equal(false);
  });

  it("must have stayed as it is until every proxy has looked", () => {
    expect(isListed("10.0.0.1", 11)).to.equal(false);
    expect(isListed("10.0.0.1", 14)).to.equal(true);
  });

  it("says nothing on a host without a proxy", () => {
    const condition = listedInProxies("10.0.0.1", 6443, { kube_nginx_check_interval: 10 });
    const without = condition.replaceAll(activeProxyConfiguration, quote(`${folder}/missing`));
    expect(() => execFileSync("sh", ["-c", without])).not.to.throw();
  });
});
