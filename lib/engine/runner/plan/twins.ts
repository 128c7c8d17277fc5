import { isBlock, type Block, type Item } from "../../tasks/block.ts";
import type { Source } from "../../tasks/output.ts";
import { withoutSecret, type Cover } from "../../tasks/taint.ts";
import { originOf, renamed, type Handler, type Task } from "../../tasks/task.ts";

/** For each task of a role on a host the one that the role makes with other secrets. What differs comes from secrets. */
export interface Twins {
  /** Undefined for every task if the role makes other tasks with other secrets. */
  readonly of: (task: Task) => Task | undefined;
  /** The source of an output of a twin, as the task itself has it. */
  readonly sourceOf: (source: Source) => Source;
  /** Covers the secrets that are known. */
  readonly cover: Cover;
}

/** The items with their twins, and without secrets in their names. */
export interface TwinnedItems {
  readonly items: readonly Item[];
  readonly twins?: Twins;
}

/** `others` makes the items with other secrets, in several ways of which the first that fits is taken; none without secrets. */
export function twinned(
  items: readonly Item[],
  others: readonly (() => readonly Item[])[],
  cover: Cover = (text) => text,
): TwinnedItems {
  if (others.length === 0) return { items };
  for (const other of others) {
    const pairs = pairsOf(items, other, cover);
    if (pairs) return { items: pairs.named(items), twins: pairs };
  }
  return { items, twins: { of: () => undefined, sourceOf: (source) => source, cover } };
}

function pairsOf(items: readonly Item[], other: () => readonly Item[], cover: Cover): Pairs | undefined {
  try {
    return new Pairs(items, other(), cover);
  } catch {
    // The role may expect a secret of a certain content, such as a key.
    return undefined;
  }
}

class Pairs implements Twins {
  readonly #twins = new Map<object, Task>();
  readonly #sources = new Map<object, Source>();
  readonly #handlers = new Map<Handler, Handler>();
  readonly #names = new Map<Item | Handler, string>();

  readonly cover: Cover;

  /** Throws Error if the items do not fit each other. */
  constructor(items: readonly Item[], others: readonly Item[], cover: Cover) {
    this.cover = cover;
    this.#pairAll(items, others);
  }

  readonly of = (task: Task): Task | undefined => this.#twins.get(task);
  readonly sourceOf = (source: Source): Source => this.#sources.get(source) ?? source;

  #pairAll(items: readonly Item[], others: readonly Item[]): void {
    if (items.length !== others.length) throw new Error("another number of tasks");
    for (const [index, item] of items.entries()) {
      const other = others[index];
      if (!other || isBlock(item) !== isBlock(other)) throw new Error("another task");
      this.#names.set(item, withoutSecret(item.name, other.name, this.cover));
      if (isBlock(item) && isBlock(other)) this.#pairBlocks(item, other);
      else if (!isBlock(item) && !isBlock(other)) this.#pairTasks(item, other);
    }
  }

  #pairBlocks(block: Block, other: Block): void {
    this.#pairAll(block.tasks, other.tasks);
    this.#pairAll(block.rescued, other.rescued);
    this.#pairAll(block.finally, other.finally);
    const [first, another] = [block.turns?.first, other.turns?.first];
    if (first && another) this.#pairTasks(first, another);
  }

  #pairTasks(task: Task, other: Task): void {
    if (kindOf(task) !== kindOf(other) || task.handlers.length !== other.handlers.length)
      throw new Error("another task");
    this.#twins.set(task, other);
    this.#sources.set(originOf(other), originOf(task));
    for (const [index, handler] of task.handlers.entries()) this.#pairHandlers(handler, other.handlers[index]);
  }

  #pairHandlers(handler: Handler, other: Handler | undefined): void {
    if (this.#names.has(handler)) return;
    if (!other) throw new Error("another handler");
    this.#names.set(handler, withoutSecret(handler.name, other.name, this.cover));
    this.#pairAll(handler.tasks, other.tasks);
  }

  /** The same items, but for names with secrets. */
  named<Kind extends Item>(items: readonly Kind[]): readonly Kind[] {
    if ([...this.#names].every(([{ name }, shown]) => name === shown)) return items;
    return items.map((item) => (isBlock(item) ? this.#namedBlock(item) : this.#namedTask(item)) as Kind);
  }

  #namedBlock(block: Block): Block {
    const [tasks, rescued, always] = [block.tasks, block.rescued, block.finally].map((part) => this.named(part));
    return { ...block, name: this.#nameOf(block), tasks: tasks ?? [], rescued: rescued ?? [], finally: always ?? [] };
  }

  #namedTask(task: Task): Task {
    const made = renamed(
      task,
      this.#nameOf(task),
      task.handlers.map((handler) => this.#namedHandler(handler)),
    );
    const twin = this.#twins.get(task);
    if (twin) this.#twins.set(made, twin);
    return made;
  }

  #namedHandler(handler: Handler): Handler {
    const known = this.#handlers.get(handler);
    if (known) return known;
    const tasks: Task[] = [];
    const made: Handler = { ...handler, name: this.#nameOf(handler), tasks };
    // Before its tasks, because handlers may notify each other.
    this.#handlers.set(handler, made);
    tasks.push(...handler.tasks.map((task) => this.#namedTask(task)));
    return made;
  }

  #nameOf(named: Item | Handler): string {
    return this.#names.get(named) ?? named.name;
  }
}

const kindOf = ({ does }: Task): object | string =>
  "resource" in does ? does.resource : "action" in does ? does.action : does.meta;
