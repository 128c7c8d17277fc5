/**
 * For specs of roles and resources, with any test runner. kubeplay's own specs use it too.
 *
 * @example
 * import { containerHost, kept, tasksOf } from "kubeplay/testing";
 */

// The tasks of a role, without a host
export { hosts, taskCalled, tasksOf, textOf, type Situation } from "./tasks-of.ts";

// A role on a host
export { containerHost, type ContainerHost, type ContainerHostOptions } from "./container-host.ts";
export { kept, type KeptOptions } from "./kept.ts";

// A connection without a host
export { fakeConnection, type FakeAnswer, type FakeConnection } from "../connection/fake.ts";
