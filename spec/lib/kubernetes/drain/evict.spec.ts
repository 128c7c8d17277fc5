import { expect } from "chai";
import type { Answer, Api, Content } from "#kubernetes/api/answers.ts";
import { evictAll, forbidsBudget } from "#kubernetes/drain/evict.ts";

const budget: Answer = {
  status: 429,
  body: {
    message: "Cannot evict pod as it would violate the pod's disruption budget.",
    details: {
      causes: [
        { reason: "DisruptionBudget", message: "The disruption budget shop needs 2 healthy pods and has 2 currently" },
      ],
    },
  },
};
const done: Answer = { status: 201, body: {} };

/** A node with pods of the namespace web. An eviction that is answered by `done` removes its pod at once. */
class Node implements Api {
  readonly evicted: string[] = [];
  readonly contents: unknown[] = [];
  readonly #pods: Set<string>;
  readonly #answer: (pod: string, tries: number) => Answer;
  readonly #tries = new Map<string, number>();

  constructor(pods: readonly string[], answer: (pod: string, tries: number) => Answer) {
    this.#pods = new Set(pods);
    this.#answer = answer;
  }

  ask(method: string, path: string, content?: Content): Promise<Answer> {
    if (method === "GET" && path === "/api/v1/pods?fieldSelector=spec.nodeName%3Dworker-3")
      return Promise.resolve({ status: 200, body: { items: [...this.#pods].map(listed) } });
    const [, name] = /^\/api\/v1\/namespaces\/web\/pods\/([^/]+)\/eviction$/.exec(path) ?? [];
    if (method !== "POST" || name === undefined) throw new Error(`unexpected: ${method} ${path}`);
    this.contents.push(content?.body);
    const tries = (this.#tries.get(name) ?? 0) + 1;
    this.#tries.set(name, tries);
    const answer = this.#answer(name, tries);
    if (answer.status === 201 || answer.status === 404) this.#pods.delete(name);
    if (answer.status === 201) this.evicted.push(name);
    return Promise.resolve(answer);
  }
}

const listed = (name: string) => ({
  metadata: {
    name,
    namespace: "web",
    uid: `uid of ${name}`,
    ownerReferences: [{ kind: name === "agent" ? "DaemonSet" : "ReplicaSet", controller: true }],
  },
  status: { phase: "Running" },
});

const said: string[] = [];
const options = (more: object = {}) => ({
  timeout: 1,
  every: 5,
  progress: (line: string) => void said.push(line),
  stopping: () => false,
  ...more,
});
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => "no failure",
    (error: unknown) => String(error),
  );

describe("evicting the pods of a node", () => {
  it("asks the Eviction API for each pod by its uid, and leaves those of DaemonSets", async () => {
    const node = new Node(["shop-1", "agent", "shop-2"], () => done);
    await evictAll(node, "worker-3", options());
    expect(node.evicted).to.deep.equal(["shop-1", "shop-2"]);
    expect(node.contents[0]).to.deep.include({
      kind: "Eviction",
      deleteOptions: { preconditions: { uid: "uid of shop-1" } },
    });
  });

  it("tries an eviction again that a PodDisruptionBudget forbids, and evicts the others meanwhile", async () => {
    const node = new Node(["shop-1", "web-1"], (pod, tries) => (pod === "shop-1" && tries < 4 ? budget : done));
    await evictAll(node, "worker-3", options());
    expect(node.evicted).to.deep.equal(["web-1", "shop-1"]);
  });

  it("gives up once no pod has left for the limit, and names the pod, its budget and the remedy", async () => {
    const node = new Node(["shop-1", "web-1"], (pod) => (pod === "shop-1" ? budget : done));
    const error = await failureOf(evictAll(node, "worker-3", options({ timeout: 0.1 })));
    expect(error).to.contain(
      "web/shop-1: The disruption budget shop needs 2 healthy pods and has 2 currently. The node stays cordoned",
    );
    expect(error).to.contain("raise drain_timeout").and.contain("uncordon worker-3");
    expect(error).not.to.contain("web-1:");
  });

  it("counts the limit from the last pod that left", async () => {
    // Each pod leaves some tries after the one before it: all three take longer than the limit.
    const slow: Node = new Node(["a", "b", "c"], (pod, tries) =>
      tries > 4 * ["a", "b", "c"].indexOf(pod) + 4 ? done : budget,
    );
    await evictAll(slow, "worker-3", options({ timeout: 1, every: 100 }));
    expect(slow.evicted).to.deep.equal(["a", "b", "c"]);
  });

  it("takes a pod that is gone meanwhile for evicted", async () => {
    const node = new Node(["shop-1"], () => ({ status: 404, body: { message: "not found" } }));
    await evictAll(node, "worker-3", options());
  });

  it("names the server's reason for another refusal", async () => {
    const node = new Node(["shop-1"], () => ({ status: 500, body: { message: "more than one PodDisruptionBudget" } }));
    const error = await failureOf(evictAll(node, "worker-3", options({ timeout: 0.1 })));
    expect(error).to.contain("web/shop-1: more than one PodDisruptionBudget");
  });

  it("ends if the run stops, and says that the node stays cordoned", async () => {
    const node = new Node(["shop-1"], () => budget);
    const error = await failureOf(evictAll(node, "worker-3", options({ stopping: () => true })));
    expect(error).to.contain("was stopped while worker-3 was drained. It stays cordoned");
  });
});

describe("an eviction's answer", () => {
  it("comes from a budget only if it says so: a busy server answers 429 too", () => {
    expect(forbidsBudget(budget)).to.equal(true);
    expect(forbidsBudget({ status: 429, body: { message: "too many requests" } })).to.equal(false);
    expect(forbidsBudget({ ...budget, status: 500 })).to.equal(false);
  });
});
