export { hosts, taskCalled, tasksOf, textOf, type Situation } from "kubeplay/testing";
