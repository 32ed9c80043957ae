'use strict';

// Virtual time: what is planned happens in order, and nothing takes any time by itself.

class Clock {
  constructor() {
    this.time = 0;
    // What the client's own clock is wrong by.
    this.offset = 1e12;
    this.heap = [];
    this.count = 0;
    this.errors = [];
  }

  now() {
    return this.time + this.offset;
  }

  setTimeout(fn, ms) {
    const entry = { at: this.time + Math.max(0, ms || 0), order: this.count++, fn };
    this.push(entry);
    return entry;
  }

  clearTimeout(entry) {
    if (entry) {
      entry.fn = null;
    }
  }

  // Lets time pass up to this moment.
  runTo(end) {
    while (this.heap.length > 0 && this.heap[0].at <= end) {
      const entry = this.pop();
      if (entry.fn) {
        this.time = entry.at;
        const { fn } = entry;
        entry.fn = null;
        try {
          fn();
        } catch (error) {
          this.errors.push(error);
        }
      }
    }
    this.time = end;
  }

  push(entry) {
    const { heap } = this;
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!before(entry, heap[parent])) {
        break;
      }
      heap[index] = heap[parent];
      index = parent;
    }
    heap[index] = entry;
  }

  pop() {
    const { heap } = this;
    const top = heap[0];
    const last = heap.pop();
    if (heap.length > 0) {
      let index = 0;
      for (;;) {
        let child = 2 * index + 1;
        if (child >= heap.length) {
          break;
        }
        if (child + 1 < heap.length && before(heap[child + 1], heap[child])) {
          child++;
        }
        if (!before(heap[child], last)) {
          break;
        }
        heap[index] = heap[child];
        index = child;
      }
      heap[index] = last;
    }
    return top;
  }
}

function before(one, other) {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

// Numbers from 0 to below 1 that a seed determines (mulberry32).
function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

module.exports = { Clock, seeded };
