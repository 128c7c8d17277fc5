import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { taskCalled, tasksOf } from "kubeplay/testing";
import { app } from "../roles/app/index.ts";

describe("app", () => {
  it("asks for the health of the version that was just installed", () => {
    const wait = taskCalled(tasksOf(app, { vars: { app_version: "2.0", app_port: 9000 } }), "Wait until it is healthy");
    assert.deepEqual(wait.props, { url: "http://127.0.0.1:9000/health" });
    assert.equal(wait.retries?.until?.({ body: "1.0\n" }), false);
    assert.equal(wait.retries?.until?.({ body: "2.0\n" }), true);
  });
});
