import { expect } from "chai";
import { defineRole, play, playbook } from "kubeplay";
import { onlyPlanned, refusals } from "#engine/runner/sealed/keep-to-plan.ts";
import { Predictions } from "#engine/runner/sealed/predictions.ts";
import { Seal } from "#engine/runner/sealed/seal.ts";
import { clear, folder, played } from "../lib/engine/runner/stage.ts";
import { withAnsible } from "../lib/engine/with-ansible.ts";
import { everyTask, furnish, preparedWithPackages, restored } from "./every-task.ts";
import { on } from "./lab/host.ts";
import { projectIn } from "./lab/project.ts";

describe("a plan of every kind of resource and action", function () {
  this.timeout(600_000);
  withAnsible();
  const root = folder();
  const role = defineRole({ name: "every", description: "", vars: {}, folder: root, tasks: () => everyTask(root) });
  const scene = {
    root,
    playbook: playbook([play({ name: "Everything", hosts: "all", roles: [role] })]),
    inventory: projectIn(root, ["engine-1"]),
  };
  const predicted = async () => {
    const predictions = new Predictions(Seal.of(root), (value) => value);
    const { answered, beforeChange } = predictions;
    const onEvent = (event: Parameters<typeof predictions.take>[0]) => predictions.take(event);
    await played({ ...scene, options: { check: true, diff: true }, onEvent, watching: { answered, beforeChange } });
    return predictions.hosts;
  };

  before(() => {
    furnish(root);
    return on("engine-1", preparedWithPackages);
  });
  after(clear);
  after(() => on("engine-1", restored));

  it("knows almost all of what will be, and allows all of it", async () => {
    const plan = await predicted();
    const changes = plan["engine-1"]?.changes ?? [];
    const open = changes.filter(({ sealed }) => sealed?.steps === undefined).map(({ task }) => task);
    expect(changes).to.have.length.greaterThan(40);
    expect(open.length, open.join(", ")).to.be.lessThan(changes.length / 4);
    const refused = refusals(plan, await predicted());
    const watching = {
      refuses: (host: string) => refused.get(host),
      beforeChange: onlyPlanned(plan, Seal.of(root)),
    };
    const { code, terminal } = await played({ ...scene, watching });
    expect(code, terminal).to.equal(0);
  });
});
