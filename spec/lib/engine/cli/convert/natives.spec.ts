import { expect } from "chai";
import { converters, type Args } from "#engine/cli/convert/natives.ts";

describe("the conversion of a task of Ansible", () => {
  const converted = (module: string, args: Args) => converters[module]?.(args);

  it("knows Python's packages in a virtual environment, and no others", () => {
    expect(converted("pip", { name: ["a", "b==1"], virtualenv: "/opt/a" })).to.deep.equal({
      ...{ make: "pip", props: { venv: "/opt/a", names: ["a", "b==1"] } },
    });
    expect(converted("pip", { name: "a", version: "1.0", virtualenv: "/a" })?.props).to.deep.equal({
      ...{ venv: "/a", names: ["a==1.0"] },
    });
    expect(() => converted("pip", { name: "a" })).to.throw("pip without virtualenv");
    expect(() => converted("pip", { name: "a", virtualenv: "/a", state: "latest" })).to.throw("the state latest");
    expect(() => converted("pip", { requirements: "/r", virtualenv: "/a" })).to.throw("the argument requirements");
  });

  it("knows locales and answers of debconf", () => {
    expect(converted("locale_gen", { name: "de_DE.UTF-8", state: "absent" })).to.deep.equal({
      ...{ make: "locales", props: { names: ["de_DE.UTF-8"], state: "absent" } },
    });
    const answer = { question: "tzdata/Areas", value: "Etc" };
    expect(converted("debconf", { name: "tzdata", vtype: "select", ...answer })).to.deep.equal({
      ...{ make: "debconf", props: { package: "tzdata", type: "select", ...answer } },
    });
    expect(() => converted("debconf", { name: "tzdata", unseen: true })).to.throw("the argument unseen");
  });
});
