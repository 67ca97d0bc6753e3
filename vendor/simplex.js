// Two figures under the reader's hand. What they say and draw is made by the functions of `xent`, which need no page:
// the book's builder draws with them what a page shows without scripts, and the tests hold their numbers against xentlib.
(() => {
"use strict";
const sum = values => values.reduce((total, value) => total + value, 0);
const shares = counts => counts.map(count => count / sum(counts));

// --- the numbers, in nats: 0 log 0 is 0, and -log 0 is ∞
const weighed = (p, logarithm) => p === 0 ? 0 : p * logarithm;
const entropy = p => 0 - sum(p.map(a => weighed(a, Math.log(a))));
const crossEntropy = (p, q) => 0 - sum(p.map((a, k) => weighed(a, Math.log(q[k]))));
const klDivergence = (p, q) => sum(p.map((a, k) => weighed(a, Math.log(a / q[k]))));

// the label of n votes that is nearest: what rounding down leaves goes to the largest remainders
function snap(point, n) {
  const counts = point.map(share => Math.floor(share * n + 1e-9));
  const order = point.map((share, k) => [counts[k] - share * n, k]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  for (let left = n - sum(counts), place = 0; left > 0; left--) counts[order[place++][1]]++;
  return counts;
}
const labels = n => {
  const found = [];
  for (let a = 0; a <= n; a++) for (let b = 0; b <= n - a; b++) found.push([a, b, n - a - b]);
  return found;
};
// an arrow key moves votes: along the base from class to class, upwards to class 3 from the larger of the others
function moved(counts, key, votes = 1) {
  counts = [...counts];
  for (; votes > 0; votes--) {
    const [high, low] = counts[0] < counts[1] ? [1, 0] : [0, 1];
    const [from, to] = {ArrowRight: [0, 1], ArrowLeft: [1, 0], ArrowUp: [high, 2], ArrowDown: [2, low]}[key];
    if (!counts[from]) break;
    counts[from]--;
    counts[to]++;
  }
  return counts;
}
// where the loss lies `excess` above its floor H(p), on rays from p, those to the corners among them; on the edge, where
// it stays lower
function contour(p, excess, rays = 72) {
  const ways = p.map((_, corner) => p.map((share, k) => (k === corner) - share));
  const angles = ways.map(way => Math.atan2((2 * way[2] - way[0] - way[1]) / Math.sqrt(6), (way[1] - way[0]) / Math.SQRT2));
  for (let ray = 0; ray < rays; ray++) angles.push((2 * ray / rays - 1) * Math.PI);
  return angles.sort((a, b) => a - b).map(angle => {
    const [x, y] = [Math.cos(angle) / Math.SQRT2, Math.sin(angle) / Math.sqrt(6)];
    const way = [-x - y, x - y, 2 * y].map(step => Math.abs(step) < 1e-12 ? 0 : step);
    const at = t => p.map((share, k) => Math.max(share + t * way[k], 0));
    let low = 0, high = Math.min(...way.map((step, k) => step < 0 ? -p[k] / step : Infinity));
    if (klDivergence(p, at(high)) <= excess) return at(high);
    for (let halvings = 0; halvings < 40; halvings++) {
      const middle = (low + high) / 2;
      if (klDivergence(p, at(middle)) < excess) low = middle; else high = middle;
    }
    return at(low);
  });
}
// The mass that e^(-wH) needs at the label (w - a - b, a, b)/w, if its sum is to be 1 wherever q1 > 1/2:
// w (w - 1) ... (w - a - b + 1) / (a! b!). Rows of labels with one a + b; below w they lie outside the triangle.
function mass(w, a, b) {
  let product = 1;
  for (let step = 0; step < a + b; step++) product *= (w - step) / (step < a ? step + 1 : step - a + 1);
  return product;
}

// --- what is said
const number = (value, digits = 3) =>
  value === Infinity ? "∞" : (Number(value.toFixed(digits)) || 0).toFixed(digits).replace("-", "−");
const unit = state => state.bits ? "bits" : "nats";
const inUnits = (value, state) => state.bits ? value / Math.LN2 : value;
function parts(state) {
  const p = shares(state.p), q = shares(state.q);
  return [entropy(p), klDivergence(p, q), crossEntropy(p, q)].map(value => inUnits(value, state));
}
function says(state) {
  const {p, q, n} = state, loss = parts(state)[2], missing = p.findIndex((count, k) => count && !q[k]);
  if (missing >= 0)
    return `H(p,q) = ∞: the label has class ${missing + 1}, to which the prediction gives probability 0.`;
  const floor = parts(state)[1] === 0 ? " Here q = p, and the loss is least." : "";
  if (n) return `${n}·H(p,q) = −log P(${n === 1 ? "this vote" : `these ${n} votes, in order`}) = ` +
    `${number(n * loss, 2)} ${unit(state)}: a likelihood.${floor}`;
  const only = p.findIndex(count => count === sum(p));
  if (only >= 0) return `The label is one vote, for class ${only + 1}: H(p,q) = −log P(this vote) = ` +
    `${number(loss, 2)} ${unit(state)}: a likelihood.${floor}`;
  return `No single vote gives this label: not a likelihood, and still the right loss on average.${floor}`;
}
const told = counts => shares(counts).map((share, k) => `class ${k + 1}: ${number(share, 2)}`).join(", ");
const rows = [0, 1, 2, 3, 4, 5];
const masses = w => rows.flatMap(row => rows.slice(0, row + 1).map(b => ({row, b, mass: mass(w, row - b, b)})));
function means(w) {
  const votes = w === 1 ? "1 vote" : `${w} votes`, negative = masses(w).filter(label => label.mass < 0).length;
  return Number.isInteger(w)
    ? `w = ${w}: every mass lies on a label of ${votes}, and none is negative. They are the law of these shares: a likelihood.`
    : `w = ${number(w, 2)}: masses lie below the triangle, where no label is, and ${negative} of those drawn are negative: ` +
      "not a likelihood.";
}

// --- what is drawn
const CORNERS = [[20, 160], [180, 160], [100, 160 - 80 * Math.sqrt(3)]], FULL = 2 * Math.log(3);
const place = point => [0, 1].map(axis => sum(point.map((share, k) => share * CORNERS[k][axis])));
const pair = ([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`;
const shape = points => points.map(pair).join(" ");
const field = state =>
  [6, 5, 4, 3, 2, 1].map(step =>
    `<polygon class="xent-contour" points="${shape(contour(shares(state.p), step / 4).map(place))}"/>`).join("") +
  (state.n ? labels(state.n).map(counts => {
    const [x, y] = place(shares(counts));
    return `<circle class="xent-vote" cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="2.2"/>`;
  }).join("") : "");
const HANDLES = {p: ["the label, p", '<circle r="8"/>'], q: ["the prediction, q", '<path d="M0-10 10 0 0 10-10 0z"/>']};
const spot = counts => `translate(${pair(place(shares(counts)))})`;
const handle = (name, state) => `<g class="xent-handle xent-${name}" transform="${spot(state[name])}">` +
  `<circle class="xent-reach" r="17"/>${HANDLES[name][1]}<text y="3.5">${name}</text></g>`;
const alt = state => `A triangle with a class at each corner. The label p, a disc, is at ${told(state.p)}; ` +
  `the prediction q, a diamond, at ${told(state.q)}. Around p are lines of equal loss, each a quarter of a nat apart` +
  (state.n ? `; dots are the labels of ${state.n} vote${state.n > 1 ? "s" : ""}.` : ".");
function sums(state) {
  const [floor, excess, loss] = parts(state), wide = value => Math.min(100 * value / inUnits(FULL, state), 100);
  const left = wide(floor), right = wide(loss);
  return `<svg class="xent-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">` +
    `<rect class="xent-floor" width="${left.toFixed(2)}" height="10"/>` +
    `<rect class="xent-excess" x="${left.toFixed(2)}" width="${(right - left).toFixed(2)}" height="10"/>` +
    (wide(loss) < 100 ? "" : '<path class="xent-more" d="M94 1l5 4-5 4z"/>') + "</svg>" +
    [["floor", "H(p)", floor], ["excess", "+ KL(p‖q)", excess], ["loss", "= H(p,q)", loss]].map(([kind, name, value]) =>
      `<div><span class="xent-${kind}">${name}</span> <b>${number(value)}</b></div>`).join("") +
    `<div>in ${unit(state)}</div>`;
}
const NAMES = ["start", "end", "middle"].map((anchor, k) =>
  `<text x="${[0, 200, 100][k]}" y="${k < 2 ? 177 : 13}" text-anchor="${anchor}">class ${k + 1}</text>`).join("");
const simplex = state =>
  `<svg class="xent-triangle" viewBox="0 0 200 182" role="img" aria-label="${alt(state)}">` +
  `<polygon class="xent-edge" points="${shape(CORNERS)}"/>${NAMES}<g class="xent-field">${field(state)}</g>` +
  `${handle("p", state)}${handle("q", state)}</svg>` +
  `<div class="xent-sums">${sums(state)}</div><p class="xent-says" aria-live="polite">${says(state)}</p>`;

// in votes: the labels stay where they are, and the triangle grows with w
const [STEP, DOWN] = [50, 25 * Math.sqrt(3)];
function lattice(w) {
  const foot = 18 + w * DOWN, largest = Math.max(...masses(w).map(label => Math.abs(label.mass)));
  const corner = side => `<text x="${160 + side * (w * STEP / 2 + 16)}" y="${foot + 4}" ` +
    `text-anchor="${side < 0 ? "end" : "start"}">class ${side < 0 ? 2 : 3}</text>`;
  return `<polygon class="xent-edge xent-labels" points="${shape([[160, 18], [160 - w * STEP / 2, foot], [160 + w * STEP / 2, foot]])}"/>` +
    `<text x="172" y="14">class 1</text>${corner(-1)}${corner(1)}` +
    masses(w).map(({row, b, mass}) => {
      const [x, y] = [160 + STEP * (b - row / 2), 18 + row * DOWN], r = mass ? Math.max(13 * Math.sqrt(Math.abs(mass) / largest), 3) : 1.5;
      const kind = mass < 0 ? "negative" : mass && row > w ? "outside" : mass ? "inside" : "nothing";
      const word = mass ? `<text class="xent-mass" x="${x}" y="${(y + r + 11).toFixed(1)}">${number(mass, Number.isInteger(mass) ? 0 : 2)}</text>` : "";
      return `<circle class="xent-${kind}" cx="${x}" cy="${y.toFixed(1)}" r="${r.toFixed(1)}"/>${word}`;
    }).join("");
}
const weights = ({w}) =>
  `<svg class="xent-lattice" viewBox="0 0 320 264" role="img" aria-label="Rows of one to six labels, each a disc with its ` +
  `mass, and a triangle from the first row down to w.">${lattice(w)}</svg><p class="xent-says" aria-live="polite">${means(w)}</p>`;

globalThis.xent = {entropy, crossEntropy, klDivergence, snap, labels, moved, contour, mass, masses, parts, says, means, alt, simplex, weights,
  written, read};

// --- the state in the address: what could be a name, since scripts of the theme take it for one
function written(state) {
  return "w" in state ? `weights-${Math.round(state.w * 100)}`
    : `simplex-${[...state.p, ...state.q, state.n].join("-")}${state.bits ? "-bits" : ""}`;
}
function read(address) {
  const weight = /^#?weights-(\d{2,3})$/.exec(address), points = /^#?simplex((?:-\d{1,3}){7})(-bits)?$/.exec(address);
  if (weight && weight[1] >= 50 && weight[1] <= 400) return {w: Math.round(weight[1] / 5) / 20};
  const numbers = points ? points[1].slice(1).split("-").map(Number) : [], [p, q] = [numbers.slice(0, 3), numbers.slice(3, 6)];
  if (!points || !sum(p) || !sum(q) || numbers[6] > 10) return null;
  return {p: numbers[6] ? snap(shares(p), numbers[6]) : p, q, n: numbers[6], bits: Boolean(points[2])};
}
if (!globalThis.customElements) return;

// --- in a page: nothing moves but what the reader moves
const HUNDRED = 100, PATIENCE = 400;      // a share is set to a hundredth; so many milliseconds between two sentences
class Live extends HTMLElement {
  connectedCallback() {
    this.controls = document.createElement("div");
    this.controls.className = "xent-controls";
    this.controls.innerHTML = this.made();
    this.append(this.controls);
    this.start();
    addEventListener("hashchange", () => this.restore());
    this.restore();
  }
  restore() {
    const found = read(location.hash);
    if (!found || "w" in found !== "w" in this.state) return;
    this.show(found);
    this.scrollIntoView({block: "center"});
  }
  // the sentence is for ears too, and so not said at every step; the address is written when the hand rests
  show(change, keep = false) {
    Object.assign(this.state, change);
    this.draw();
    this.pending ??= setTimeout(() => {
      this.pending = null;
      this.querySelector(".xent-says").textContent = this.sentence();
    }, PATIENCE);
    clearTimeout(this.resting);
    if (keep) this.resting = setTimeout(() => history.replaceState(null, "", `#${written(this.state)}`), PATIENCE);
  }
}

const PRESETS = {
  "5 votes": () => ({p: [1, 3, 1], q: [2, 7, 1], n: 5}),
  "one-hot": () => ({p: [0, 1, 0], n: 0}),
  "smoothed": () => ({p: [1, 28, 1], n: 0}),
  "uniform": () => ({p: [1, 1, 1], n: 0}),
  "q = p": state => ({q: [...state.p]}),
  "q₃ = 0": () => ({q: [3, 7, 0]}),
};
customElements.define("xent-simplex", class extends Live {
  made() {
    return `<div role="group" aria-label="examples">` +
      Object.keys(PRESETS).map(name => `<button type="button">${name}</button>`).join("") +
      `</div><label>votes <input type="range" min="0" max="10"><output></output></label>` +
      `<label><input type="checkbox"> bits</label>`;
  }
  start() {
    const counts = name => this.getAttribute(name).split("-").map(Number);
    this.state = {p: counts("p"), q: counts("q"), n: Number(this.getAttribute("n")), bits: false};
    this.triangle = this.querySelector(".xent-triangle");
    this.triangle.setAttribute("role", "group");
    for (const name in HANDLES) {
      const grip = this.grip(name);
      for (const [key, value] of Object.entries({tabindex: 0, role: "slider", "aria-valuemin": 0, "aria-valuemax": 1,
        "aria-label": `${HANDLES[name][0]}, moved by arrow keys`})) grip.setAttribute(key, value);
      grip.addEventListener("keydown", event => this.press(name, event));
    }
    let held = null;
    this.triangle.addEventListener("pointerdown", event => {
      held = event.target.closest(".xent-q") ? "q" : event.target.closest(".xent-p") ? "p" : this.nearest(event);
      this.triangle.setPointerCapture(event.pointerId);
      this.grip(held).focus({preventScroll: true});
      this.put(held, this.under(event));
      event.preventDefault();
    });
    this.triangle.addEventListener("pointermove", event => held && this.put(held, this.under(event)));
    for (const end of ["pointerup", "pointercancel"]) this.triangle.addEventListener(end, () => held = null);
    this.controls.addEventListener("click", event => {
      const preset = event.target.matches("button") && PRESETS[event.target.textContent];
      if (preset) this.show(preset(this.state), true);
    });
    const [votes, bits] = this.controls.querySelectorAll("input");
    votes.addEventListener("input", () => {
      const n = Number(votes.value);
      this.show({n, p: n ? snap(shares(this.state.p), n) : this.state.p}, true);
    });
    bits.addEventListener("change", () => this.show({bits: bits.checked}, true));
    this.draw();
  }
  grip(name) { return this.querySelector(`.xent-${name}.xent-handle`); }
  total(name) { return name === "p" && this.state.n || HUNDRED; }
  put(name, point) { this.show({[name]: snap(point, this.total(name))}, true); }
  press(name, event) {
    if (!event.key.startsWith("Arrow")) return;
    const counts = snap(shares(this.state[name]), this.total(name));
    this.show({[name]: moved(counts, event.key, event.shiftKey ? Math.ceil(this.total(name) / 10) : 1)}, true);
    event.preventDefault();
  }
  where({clientX, clientY}) {
    return new DOMPoint(clientX, clientY).matrixTransform(this.triangle.getScreenCTM().inverse());
  }
  under(event) {      // the point of the triangle under the hand, or the nearest on its edge
    const {x, y} = this.where(event), third = (160 - y) / (80 * Math.sqrt(3)), second = (x - 20) / 160 - third / 2;
    const point = [1 - second - third, second, third].map(share => Math.max(share, 0));
    return shares(point);
  }
  nearest(event) {
    const {x, y} = this.where(event);
    const away = name => { const [a, b] = place(shares(this.state[name])); return Math.hypot(x - a, y - b); };
    return away("p") < away("q") ? "p" : "q";
  }
  sentence() { return says(this.state); }
  draw() {
    for (const name in HANDLES) {
      this.grip(name).setAttribute("transform", spot(this.state[name]));
      this.grip(name).setAttribute("aria-valuenow", number(shares(this.state[name])[0], 2));
      this.grip(name).setAttribute("aria-valuetext", told(this.state[name]));
    }
    this.querySelector(".xent-field").innerHTML = field(this.state);
    this.querySelector(".xent-sums").innerHTML = sums(this.state);
    this.triangle.setAttribute("aria-label", alt(this.state));
    const [votes, bits] = this.controls.querySelectorAll("input"), {n} = this.state;
    [votes.value, bits.checked] = [n, this.state.bits];
    votes.setAttribute("aria-valuetext", n ? `${n} votes` : "off");
    this.controls.querySelector("output").textContent = n ? `n = ${n}` : "off";
  }
});

customElements.define("xent-weights", class extends Live {
  made() { return `<label>weight <input type="range" min="0.5" max="4" step="0.05"><output></output></label>`; }
  start() {
    this.state = {w: Number(this.getAttribute("w"))};
    const slider = this.controls.querySelector("input");
    slider.addEventListener("input", () => this.show({w: Math.round(slider.value * 20) / 20}, true));
    this.draw();
  }
  sentence() { return means(this.state.w); }
  draw() {
    const slider = this.controls.querySelector("input"), {w} = this.state;
    slider.value = w;
    this.controls.querySelector("output").textContent = `w = ${number(w, 2)}`;
    this.querySelector(".xent-lattice").innerHTML = lattice(w);
  }
});
})();
