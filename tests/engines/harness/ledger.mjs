// Whether numbered words came exactly once and in order.

/**
 * Compares what came with 1…`count`.
 *
 * @param {number[]} came
 * @returns {{lost: number[], doubled: number[], disorder: [number, number][], strange: number[]}}
 */
export function audit(came, count) {
  const seen = new Map();
  const strange = came.filter((number) => !(Number.isInteger(number) && number >= 1 && number <= count));
  const doubled = [];
  const disorder = [];
  let before = 0;
  for (const number of came) {
    if (seen.has(number)) doubled.push(number);
    else if (number < before) disorder.push([before, number]);
    seen.set(number, true);
    before = Math.max(before, number);
  }
  const lost = [];
  for (let number = 1; number <= count; number += 1) if (!seen.has(number)) lost.push(number);
  return { lost, doubled, disorder, strange };
}

/** The same in words; empty when all is well. */
export function faults(came, count) {
  const { lost, doubled, disorder, strange } = audit(came, count);
  return [
    lost.length && `lost: ${lost.join(' ')}`,
    doubled.length && `doubled: ${doubled.join(' ')}`,
    disorder.length && `out of order: ${disorder.map((pair) => pair.reverse().join(' after ')).join(', ')}`,
    strange.length && `never sent: ${strange.join(' ')}`,
  ].filter(Boolean).join('; ');
}
