import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { taskCalled, tasksOf, textOf } from "kubeplay/testing";
import { postgresql } from "../roles/postgresql/index.ts";

describe("postgresql", () => {
  const vars = {
    postgresql_databases: [{ name: "shop", password: "secret" }],
    postgresql_networks: ["192.0.2.0/24"],
    postgresql_settings: { max_connections: 200 },
  };
  const tasks = tasksOf(postgresql, { vars });

  it("lets roles into their own databases only", () => {
    const { block } = taskCalled(tasks, "Let clients in").props as { block: string };
    assert.equal(block, "host sameuser all 192.0.2.0/24 scram-sha-256\n");
  });

  it("writes the settings, and dumps each database", () => {
    assert.match(textOf(postgresql, taskCalled(tasks, "Configure it")), /^max_connections = '200'$/m);
    assert.match(textOf(postgresql, taskCalled(tasks, "Write the program that dumps")), / shop$/m);
  });
});
