import { expect } from "chai";
import { debconf, locales, packages, type Task } from "kubeplay";
import { keep as keepOn, twice as twiceOn } from "../lib/engine/resources/keep.ts";
import { host, on } from "./lab/host.ts";

describe("settings of a Debian host", function () {
  this.timeout(600_000);
  const twice = async (task: Task) => twiceOn(await host(), task);
  const failure = (work: Promise<unknown>) => work.then(String, (error: unknown) => (error as Error).message);

  describe("its locales", () => {
    before(async () => {
      await keepOn(await host(), packages("p", { names: ["locales"] }));
      await twice(locales("l", { names: ["de_DE.UTF-8", "sr_RS.UTF-8@latin"], state: "absent" }));
    });
    const named = { names: ["de_DE.UTF-8", "sr_RS.UTF-8@latin"] };

    it("are generated, all by one program, and again if they are lost", async () => {
      expect(await twice(locales("l", named))).to.deep.equal(named.names);
      expect(await on("LC_ALL=de_DE.UTF-8 date -d @0 +%B; grep -c '^sr_RS@latin UTF-8' /etc/locale.gen")).to.equal(
        "Januar\n1",
      );
      await on("rm -rf /usr/lib/locale/locale-archive /usr/lib/locale/de_DE*");
      expect(await twice(locales("l", { names: ["de_DE.UTF-8"] }))).to.deep.equal(["de_DE.UTF-8"]);
    });

    it("go, and their lines become comments", async () => {
      expect(await twice(locales("l", { names: ["de_DE.UTF-8"], state: "absent" }))).to.deep.equal(["de_DE.UTF-8"]);
      expect(await on("locale -a | grep -c de_DE; grep 'de_DE.UTF-8' /etc/locale.gen; :")).to.equal(
        "0\n# de_DE.UTF-8 UTF-8",
      );
    });

    it("fail if nobody has defined them", async () => {
      expect(await failure(twice(locales("l", { names: ["xx_XX.UTF-8"] })))).to.match(/xx_XX/);
      await on("sed -i /xx_XX/d /etc/locale.gen");
    });
  });

  describe("an answer of debconf", () => {
    const own = { package: "kubeplay-specs", question: "kubeplay-specs/it's" };
    const kept = () => on(`printf 'get %s\\n' "kubeplay-specs/it's" | debconf-communicate 2>/dev/null`);
    before(() => on("echo PURGE | debconf-communicate kubeplay-specs 2>/dev/null; :"));

    it("is kept, changed, and kept again if somebody takes it for unanswered", async () => {
      expect(await twice(debconf("d", { ...own, type: "string", value: `a "b" $c, 'd'` }))).to.deep.equal([
        "value",
        "answered",
      ]);
      expect(await kept()).to.equal(`0 a "b" $c, 'd'`);
      expect(await twice(debconf("d", { ...own, type: "string", value: "" }))).to.deep.equal(["value"]);
      await on(`printf 'fset %s seen false\\n' "kubeplay-specs/it's" | debconf-communicate kubeplay-specs 2>/dev/null`);
      expect(await twice(debconf("d", { ...own, type: "string", value: "" }))).to.deep.equal(["answered"]);
      expect(await failure(twice(debconf("d", { ...own, type: "boolean", value: "true" })))).to.contain(
        "is a string, expected a boolean",
      );
    });

    it("may be a password", async () => {
      const password = { package: "kubeplay-specs", question: "kubeplay-specs/password", type: "password" as const };
      expect(await twice(debconf("d", { ...password, value: "one two" }))).to.deep.equal(["value", "answered"]);
      expect(await twice(debconf("d", { ...password, value: "other" }))).to.deep.equal(["value"]);
    });
  });
});
