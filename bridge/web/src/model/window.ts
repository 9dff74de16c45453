// Which part of a long list is drawn. Every item has one of a few fixed heights.
export interface Window {
  first: number; // of the items drawn
  last: number; // one past it
  before: number; // height above, in pixels
  after: number;
}

export function offsets(heights: readonly number[]): Float64Array {
  const out = new Float64Array(heights.length + 1);
  for (let i = 0; i < heights.length; i++) out[i + 1] = out[i]! + heights[i]!;
  return out;
}

// The item at a height: the last one that starts at or above it.
export function itemAt(tops: Float64Array, y: number): number {
  let low = 0;
  let high = Math.max(0, tops.length - 2);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (tops[middle]! <= y) low = middle;
    else high = middle - 1;
  }
  return low;
}

export function windowOf(tops: Float64Array, from: number, height: number, spare: number): Window {
  const total = tops.length - 1;
  if (total <= 0) return { first: 0, last: 0, before: 0, after: 0 };
  const first = Math.max(0, itemAt(tops, from) - spare);
  const last = Math.min(total, itemAt(tops, from + height) + 1 + spare);
  return { first, last, before: tops[first]!, after: tops[total]! - tops[last]! };
}
