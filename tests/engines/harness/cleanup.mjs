// What a test has to end, in the reverse of the order in which it began.

const stacks = new WeakMap();

/** @param {import('node:test').TestContext} test @param {() => any} end */
export function atEnd(test, end) {
  if (!stacks.has(test)) {
    stacks.set(test, []);
    test.after(async () => {
      const failures = [];
      for (const each of stacks.get(test).reverse()) await Promise.resolve().then(each).catch((error) => failures.push(error));
      if (failures.length) throw failures[0];
    });
  }
  stacks.get(test).push(end);
}
