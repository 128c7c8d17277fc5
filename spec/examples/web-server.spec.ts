import { expect } from "chai";
import path from "node:path";
import { temporaryFolder } from "../lib/engine/temporary.ts";
import { exampleIn } from "./example.ts";
import { on } from "./lab/host.ts";
import { playTwin, withTwin } from "./twin.ts";

const [host, twin] = ["example-01", "example-02"] as const;
const key = (letter: string): string => `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${letter.repeat(43)} ${letter}`;
const ada = { name: "ada", keys: [key("a")] };
const grace = { name: "grace", keys: [key("g")] };
const site = (name: string) => ({ name, repository: `/srv/git/${name}` });
const vars = {
  web_server_people: [ada, grace],
  web_server_sites: [site("www.example.org"), { ...site("docs.example.org"), version: "stable" }],
};
const fewer = { web_server_people: [grace], web_server_sites: [site("www.example.org")] };

/** Two repositories, one of them with another branch. */
const repositories = `apt-get -qq update >/dev/null; apt-get install -qq -y git curl >/dev/null
for name in www docs; do
  git init -q -b main /srv/git/$name.example.org && cd /srv/git/$name.example.org
  echo "this is $name" > index.html && git add . && git -c user.name=a -c user.email=a@b commit -q -m one && git branch stable
done`;

describe("the example of a web server", function () {
  this.timeout(600_000);
  const root = temporaryFolder();
  const play = (given: object, ...args: readonly string[]) => example.play("-e", JSON.stringify(given), ...args);
  let example: ReturnType<typeof exampleIn>;
  const page = (name: string) => on(host, `curl -s -o - -w '%{http_code}' -H 'Host: ${name}' 127.0.0.1`);

  before(async () => {
    await on(host, repositories);
    example = exampleIn(path.join(root, "web"), "web-server", { group: "web", hosts: [host], vars: {} });
  });

  it("is foretold, done, and done again, with sites that answer", async () => {
    const check = play(vars, "--check");
    expect(check.code, check.output).to.equal(0);
    const run = play(vars);
    expect(run.code, run.output).to.equal(0);
    expect(run.changes, check.output).to.deep.equal(check.changes).and.have.length.greaterThan(15);
    expect(play(vars).changes).to.deep.equal([]);
    for (const name of ["www", "docs"]) expect(await page(`${name}.example.org`)).to.equal(`this is ${name}\n200`);
    expect(await on(host, "cat ~ada/.ssh/authorized_keys; id -Gn grace")).to.equal(`${key("a")}\ngrace webmasters`);
    expect(await on(host, "nft list ruleset | grep -c 'tcp dport { 22, 80 } accept'")).to.equal("1");
    expect(await on(host, "systemctl start pack-sites && systemctl is-active pack-sites.timer")).to.equal("active");
    const rotated = "logrotate --force /etc/logrotate.d/sites && ls /var/log/nginx/www.example.org/access.log*";
    expect(await on(host, rotated)).to.match(/access\.log\n.*access\.log\.1$/);
  });

  it("takes from the host what is taken from its lists", async () => {
    const check = play(fewer, "--check");
    const run = play(fewer);
    expect(run.code, run.output).to.equal(0);
    const removals = ["Reload nginx", "Remove other sites", "Remove people who left"];
    expect(run.changes)
      .to.deep.equal(check.changes)
      .and.deep.equal(removals.map((task) => `${host}: ${task}`));
    expect(await on(host, "getent passwd ada || ls /etc/nginx/conf.d")).to.equal("www.example.org.conf");
    expect(await page("www.example.org")).to.equal("this is www\n200");
  });

  describe("beside its twin of Ansible", () => {
    withTwin(twin);
    before(() => on(twin, repositories));
    const played = (given: object) => playTwin(path.join(root, "web"), { group: "web", hosts: [twin], vars: given });

    it("leaves the same host", async () => {
      const first = await played(vars);
      expect(first.code, first.output).to.equal(0);
      expect((await played(vars)).changed).to.deep.equal({ [twin]: 0 });
      expect((await played(fewer)).code).to.equal(0);
      const look = `cd / && cat etc/nginx/conf.d/* etc/nftables.conf /etc/logrotate.d/sites | tr -d ' '; getent passwd ada grace | cut -d: -f 6-; nft list ruleset; systemctl is-active nginx nftables pack-sites.timer; git -C /var/www/www.example.org status --short`;
      expect(await on(twin, look)).to.equal(await on(host, look));
    });
  });
});
