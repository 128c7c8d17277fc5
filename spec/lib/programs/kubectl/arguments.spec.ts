import { expect } from "chai";
import { OptionError } from "#engine/errors.ts";
import { parseArguments } from "#programs/kubectl/arguments.ts";

const parsed = (line: string) => parseArguments(line.split(" "));

describe("the arguments of npm run kubectl", () => {
  it("all go to kubectl if the first one is kubectl's", () => {
    expect(parsed("get nodes -o wide")).to.deep.equal({
      inventory: "hosts.yaml",
      extraVars: [],
      words: ["get", "nodes", "-o", "wide"],
    });
    expect(parsed("-n kube-system get pods").words).to.have.length(4);
    expect(parseArguments([]).words).to.deep.equal([]);
  });

  it("may begin with the inventory and variables, in the same form as for play", () => {
    expect(parsed("-i mine.yaml -e cluster_name=east get nodes")).to.deep.equal({
      inventory: "mine.yaml",
      extraVars: ["cluster_name=east"],
      words: ["get", "nodes"],
    });
    expect(parsed("--inventory=mine.yaml --extra-vars=a=b=c get").extraVars).to.deep.equal(["a=b=c"]);
    expect(parsed("--inventory mine.yaml get").inventory).to.equal("mine.yaml");
  });

  it("leave kubectl its own -i and -e", () => {
    expect(parsed("exec -i pod -- sh -e script").words).to.deep.equal([
      "exec",
      "-i",
      "pod",
      "--",
      "sh",
      "-e",
      "script",
    ]);
    expect(parsed("-i mine.yaml run -i --image=x pod").words).to.deep.equal(["run", "-i", "--image=x", "pod"]);
  });

  it("are an error if -i has no file", () => {
    expect(() => parseArguments(["-i"])).to.throw(OptionError, "-i must be followed by an inventory file");
  });
});
