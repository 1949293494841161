"use strict";
// Draws a report. The contract of what it reads is ReportContent.swift. Text from data becomes text nodes, never markup.

let content, current;

/** The colour of a cluster by its number, or of the place-th line of a chart. */
const paletteColour = place => content.palette[place % content.palette.length];

/** An element with attributes and children; strings become text. */
function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "style") Object.assign(made.style, value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter(child => child !== null && child !== undefined));
  return made;
}

function svg(name, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const percent = value => value === null || value === undefined ? "–" : (100 * value).toFixed(1) + " %";
const number = value => value === null || value === undefined ? "–" : value.toFixed(3);
const plural = (count, one) => count.toLocaleString("en") + " " + one + (count === 1 ? "" : "s");

/** The clusters of a run as edits leave them: EditedClusters.swift, in short. */
class Clusters {
  constructor(run) {
    this.run = run;
    this.numbers = [...Array(run.mainCount).keys()];
    this.cells = [...this.numbers];
    this.names = {};
    this.colours = {};
    this.next = run.mainCount;
    for (const edit of run.edits.edits) this.apply(edit);
  }

  get isSplit() { return this.cells.length > this.run.mainCount; }
  of(main, auxiliary) { return this.isSplit ? this.cells[main * this.run.auxiliaryCount + auxiliary] : this.cells[main]; }
  colour(cluster) { return this.colours[cluster] || paletteColour(cluster); }
  title(cluster) { return this.names[cluster] ? cluster + " " + this.names[cluster] : "cluster " + cluster; }

  apply(edit) {
    if (edit.kind === "rename") this.names[edit.cluster] = edit.name;
    if (edit.kind === "colour") this.colours[edit.cluster] = edit.colour;
    if (edit.kind === "merge") {
      const merged = new Set(edit.clusters), kept = Math.min(...merged);
      this.cells = this.cells.map(cell => merged.has(cell) ? kept : cell);
      this.numbers = this.numbers.filter(one => one === kept || !merged.has(one));
      const name = edit.name || this.names[kept];
      for (const one of merged) { delete this.names[one]; if (one !== kept) delete this.colours[one]; }
      if (name) this.names[kept] = name;
    }
    if (edit.kind === "split") {
      const width = this.run.auxiliaryCount;
      if (!this.isSplit) this.cells = this.cells.flatMap(cell => Array(width).fill(cell));
      this.cells = this.cells.map((cell, place) => cell === edit.cluster ? this.next + edit.parts[place % width] : cell);
      const parts = Math.max(...edit.parts) + 1;
      this.numbers = this.numbers.filter(one => one !== edit.cluster).concat([...Array(parts).keys()].map(part => this.next + part));
      this.next += parts;
      delete this.names[edit.cluster];
      delete this.colours[edit.cluster];
    }
  }

  /** The items of each cluster; of runs without an auxiliary head as they were counted. */
  counts() {
    const counts = Object.fromEntries(this.numbers.map(one => [one, 0]));
    if (this.run.cells.length) {
      this.run.cells.forEach((row, main) => row.forEach((count, auxiliary) => { counts[this.of(main, auxiliary)] += count; }));
    } else {
      // As the figures have them: edits that came later only merge.
      const before = new Clusters({ ...this.run, edits: { edits: this.run.edits.edits.slice(0, this.run.saidBefore) } });
      this.run.clusters.forEach(one => {
        const main = before.cells.indexOf(one.number);
        counts[this.cells[main]] += one.count;
      });
    }
    return counts;
  }

  /** The auxiliary clusters in which a cluster's items are, with their number. */
  parts(cluster) {
    if (!this.found) {
      // All of them at once: hundreds of clusters ask.
      this.found = new Map(this.numbers.map(one => [one, new Map()]));
      this.run.cells.forEach((row, main) => row.forEach((count, auxiliary) => {
        const parts = count ? this.found.get(this.of(main, auxiliary)) : null;
        if (parts) parts.set(auxiliary, (parts.get(auxiliary) || 0) + count);
      }));
    }
    return this.found.get(cluster) || new Map();
  }

  /** The tree of the auxiliary clusters under a cluster: leaves {leaf, count}, nodes {left, right, height}. */
  tree(cluster) {
    const parts = this.parts(cluster), nodes = new Map(), groups = new Map();
    for (const [leaf, count] of parts) nodes.set(leaf, { leaf, count, height: 0 });
    // Groups of the whole head by their lowest member; of each, the node of what is in the cluster.
    for (let one = 0; one < this.run.auxiliaryCount; one++) groups.set(one, nodes.get(one) || null);
    let height = 0;
    for (const merge of this.run.merges) {
      height += 1;
      const a = groups.get(merge.kept), b = groups.get(merge.gone);
      groups.delete(merge.gone);
      groups.set(merge.kept, a && b ? { left: a, right: b, height, count: a.count + b.count } : a || b);
    }
    return [...groups.values()].find(Boolean) || null;
  }
}

const leaves = node => node.left ? [...leaves(node.left), ...leaves(node.right)] : [node.leaf];

// What is drawn.

function section(title, hint, ...children) {
  const id = title.toLowerCase().replaceAll(" ", "-");
  return el("section", { "aria-labelledby": id }, el("h2", { id }, title), hint ? el("p", { class: "soft" }, hint) : null, ...children);
}

function figures(runs) {
  const rows = [
    ["accuracy, one cluster a class", column => percent(column?.acc)], ["accuracy, clusters to their commonest class", column => percent(column?.accManyToOne)],
    ["normalised mutual information", column => number(column?.nmi)], ["adjusted Rand index", column => number(column?.ari)],
    ["mean intersection over union", column => percent(column?.meanIoU)], ["loss, nats", column => number(column?.loss)],
    ["sub-head", column => column ? String(column.subhead) : "–"],
  ].filter(([, show]) => runs.some(run => show(run.figures.byLoss) !== "–"));
  const head = el("tr", {}, el("td", {}, ""), ...runs.flatMap(run => [
    el("th", { scope: "col" }, (runs.length > 1 ? run.path + ", " : "") + "by loss"), el("th", { scope: "col" }, "by labels")]));
  const body = rows.map(([name, show]) => el("tr", {}, el("th", { scope: "row" }, name),
    ...runs.flatMap(run => [el("td", {}, show(run.figures.byLoss)), el("td", {}, show(run.figures.byLabels))])));
  const agreement = runs.map(run => run.figures.agreement).filter(value => value !== null && value !== undefined);
  return section("Figures", "By loss, no label has a part in the clusters or in which sub-head is shown. By labels is a bound: the sub-head that fits them best.",
    el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Figures" }, el("table", {}, el("thead", {}, head), el("tbody", {}, ...body))),
    agreement.length ? el("p", {}, "Sub-heads agree on an item: " + agreement.map(percent).join(", ") + ". Above 90 % they see the same clusters, whatever they began with.") : null);
}

function facts(run) {
  return section("What was trained on what", null, el("table", { class: "facts" }, el("tbody", {}, ...run.facts.map(fact =>
    el("tr", {}, el("th", { scope: "row" }, fact.name), el("td", {}, fact.value))))),
    run.warnings.length ? el("ul", { class: "warn" }, ...run.warnings.map(line => el("li", {}, line))) : null,
    el("details", {}, el("summary", {}, "The whole manifest"), el("pre", { tabindex: "0" }, run.manifest)));
}

/** What tells lines apart without colours. */
const strokes = [{ dashes: "none", sign: "——" }, { dashes: "6 3", sign: "– –" }, { dashes: "2 3", sign: "····" }, { dashes: "9 3 2 3", sign: "– ·" }];

/** Lines over epochs, or over another number: `shown` maps a value to its place, `unit` names it. */
function lineChart(title, caption, lines, { shown = value => value, unit = "epoch", below = false } = {}) {
  const width = 420, height = 200, left = 44, bottom = 24, top = 8, right = 8;
  const points = lines.flatMap(line => line.points);
  const xs = points.map(point => point[0]), ys = points.map(point => point[1]);
  let [low, high] = [Math.min(...ys), Math.max(...ys)];
  if (high - low < 1e-9) { low -= 0.5; high += 0.5; }
  const [first, last] = [Math.min(...xs), Math.max(...xs, Math.min(...xs) + 1)];
  const x = value => left + (shown(value) - shown(first)) / (shown(last) - shown(first)) * (width - left - right);
  const y = value => top + (high - value) / (high - low) * (height - top - bottom);
  const chart = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": title });
  for (const value of [low, (low + high) / 2, high]) {
    chart.append(svg("line", { x1: left, x2: width - right, y1: y(value), y2: y(value), class: "axis" }),
      svg("text", { x: left - 4, y: y(value) + 4, "text-anchor": "end" }, value !== 0 && Math.abs(value) < 0.01 ? value.toExponential(1) : String(Number(value.toPrecision(3)))));
  }
  for (const value of new Set([first, last])) chart.append(svg("text", { x: x(value), y: height - 6, "text-anchor": String(value).length > 3 && value === last ? "end" : "middle" }, String(value)));
  lines.forEach((line, place) => {
    const colour = paletteColour(place), path = line.points.map(point => x(point[0]) + "," + y(point[1])).join(" ");
    chart.append(svg("polyline", { points: path, fill: "none", stroke: colour, "stroke-width": 2, "stroke-dasharray": strokes[place % strokes.length].dashes }));
    for (const point of line.points.length < 80 ? line.points : []) {
      chart.append(svg("circle", { cx: x(point[0]), cy: y(point[1]), r: 2.5, fill: colour },
        svg("title", {}, `${line.name}, ${unit} ${point[0]}: ${point[1].toFixed(4)}${point[2] ? " ± " + point[2].toFixed(4) : ""}`)));
    }
    const label = below ? height - bottom - 6 - 14 * (lines.length - 1 - place) : top + 12 + 14 * place;
    chart.append(svg("text", { x: width - right - 4, y: label, "text-anchor": "end" }, strokes[place % strokes.length].sign + " " + line.name));
  });
  return el("figure", {}, el("h3", {}, title), chart, el("figcaption", {}, caption));
}

function curves(run) {
  if (!run.epochs.length) return null;
  const line = (name, value) => ({ name, points: run.epochs.map(epoch => [epoch.epoch, value(epoch)]).filter(point => Number.isFinite(point[1])) });
  const heads = [...new Set(run.epochs.flatMap(epoch => Object.keys(epoch.losses)))].sort().reverse();
  const bound = Math.log(run.mainCount);
  const charts = [
    lineChart("Loss", `The lowest of a head's sub-heads, nats; minus ln ${run.mainCount} = -${bound.toFixed(2)} is the least that the main head can reach. It falls while views agree more, in more even clusters.`,
      heads.map(head => line(head, epoch => epoch.losses[head]))),
    lineChart("Clusters in use", "Clusters that hold at least a tenth of an equal share of items. Fewer than asked for means that some have died.", [line("in use", epoch => epoch.inUse)]),
    lineChart("Learning rate", "Of each epoch's last step.", [line("rate", epoch => epoch.learningRate)]),
  ];
  if (run.epochs.some(epoch => epoch.acc !== null && epoch.acc !== undefined)) {
    charts.push(lineChart("Accuracy by loss", "With labels, to look at; no choice is made by it.", [line("accuracy", epoch => epoch.acc)]));
  }
  return section("Curves", null, el("div", { class: "charts" }, ...charts));
}

function fewLabels(run) {
  const names = Object.keys(run.fewLabels).sort();
  if (!names.length) return null;
  const lines = names.map(name => ({ name, points: run.fewLabels[name].points.map(point => [point.labels, point.accuracy, point.deviation]) }));
  const points = run.fewLabels[names[0]].points;
  const head = el("tr", {}, el("th", {}, "labels"), ...names.map(name => el("th", { scope: "col" }, name)));
  const rows = points.map(point => el("tr", {}, el("th", { scope: "row" }, `${point.budget} (${point.labels})`),
    ...names.map(name => {
      const own = run.fewLabels[name].points.find(other => other.budget === point.budget);
      return el("td", {}, own ? `${(100 * own.accuracy).toFixed(1)} ± ${(100 * own.deviation).toFixed(1)}` : "");
    })));
  return section("With few labels", "Each method is given so many labels, drawn at random several times, and asked about items whose labels it was not given.",
    el("div", { class: "charts" }, lineChart("Accuracy", "The mean over draws, against the number of labels, on a logarithmic axis.", lines, { shown: Math.log10, unit: "labels", below: true }),
      el("figure", {}, el("h3", {}, "Accuracy, %"), el("table", {}, el("thead", {}, head), el("tbody", {}, ...rows)),
        el("figcaption", {}, "Mean and standard deviation over draws."))));
}

function sizes(run, clusters) {
  const counts = clusters.counts(), most = Math.max(1, ...Object.values(counts));
  return section("Cluster sizes", run.places ? "Places in each cluster." : "Items in each cluster.", el("div", { class: "bars" }, ...clusters.numbers.flatMap(one => [
    el("a", { href: "#cluster-" + one }, clusters.title(one)),
    el("div", { class: "bar", style: { width: 100 * counts[one] / most + "%", background: clusters.colour(one) } }),
    el("span", {}, counts[one].toLocaleString("en")),
  ])));
}

function confusion(run, clusters) {
  if (!run.confusion.length || clusters.isSplit) return null;
  const rows = new Map(clusters.numbers.map(one => [one, Array(run.classes.length).fill(0)]));
  run.confusion.forEach((row, main) => row.forEach((count, column) => { rows.get(clusters.cells[main])[column] += count; }));
  // Greedily the largest cells first: the diagonal is what fits.
  const all = [...rows].flatMap(([one, row]) => row.map((count, column) => [count, one, column])).sort((a, b) => b[0] - a[0]);
  const matched = new Map(), taken = new Set();
  for (const [count, one, column] of all) if (count && !matched.has(one) && !taken.has(column)) { matched.set(one, column); taken.add(column); }
  const order = [...rows.keys()].sort((a, b) => (matched.get(a) ?? 1e9) - (matched.get(b) ?? 1e9) || a - b);
  const body = order.map(one => {
    const row = rows.get(one), sum = Math.max(1, row.reduce((a, b) => a + b, 0));
    return el("tr", {}, el("th", { scope: "row" }, el("a", { href: "#cluster-" + one }, clusters.title(one))), ...row.map((count, column) => {
      const share = count / sum;
      return el("td", { style: { background: `rgba(0, 114, 178, ${(share * 0.85).toFixed(3)})`, color: share > 0.55 ? "#ffffff" : "var(--ink)", outline: matched.get(one) === column ? "1px solid var(--ink)" : "" } }, count ? String(count) : "");
    }));
  });
  return section("Clusters and classes", "Items of each class in each cluster, darker for a larger share of the cluster; framed, the class that a cluster is matched with. Classes are looked at here only.",
    el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Clusters and classes" }, el("table", { class: "heat" },
      el("thead", {}, el("tr", {}, el("td", {}, ""), ...run.classes.map(name => el("th", { scope: "col", class: "column" }, name)))), el("tbody", {}, ...body))));
}

// The plane.

function numbers16(text) {
  const bytes = Uint8Array.from(atob(text), one => one.charCodeAt(0));
  return new Uint16Array(bytes.buffer);
}

function plane(run, clusters) {
  if (!run.map) return null;
  const map = run.map, x = numbers16(map.x), y = numbers16(map.y), main = numbers16(map.main);
  const auxiliary = map.auxiliary ? numbers16(map.auxiliary) : null;
  const cluster = Array.from(main, (one, place) => clusters.of(one, auxiliary ? auxiliary[place] : 0));
  const canvas = el("canvas", { tabindex: "0", role: "img", "aria-label": `${map.shown} items in the plane. Arrow keys move, plus and minus zoom, 0 shows all.` });
  const tip = el("div", { id: "tip", hidden: true }), chosen = el("div", { role: "status" });
  const view = { scale: 1, left: 0, top: 0 };
  let lasso = null, selected = null;
  const order = [...clusters.numbers], colours = Object.fromEntries(order.map(one => [one, clusters.colour(one)]));
  const size = () => ({ width: canvas.clientWidth || 600, height: canvas.clientHeight || 400 });
  const place = point => { const { width, height } = size(); return [(x[point] / 65535 * (width - 20) + 10) * view.scale + view.left, ((1 - y[point] / 65535) * (height - 20) + 10) * view.scale + view.top]; };

  function draw() {
    const { width, height } = size(), ratio = window.devicePixelRatio || 1;
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    const side = Math.max(1.5, Math.min(6, 2.2 * Math.sqrt(view.scale) * Math.sqrt(4000 / Math.max(4000, map.shown)) + 0.5));
    pen.globalAlpha = 0.75;
    for (let point = 0; point < map.shown; point++) {
      const [left, top] = place(point);
      if (left < -5 || top < -5 || left > width + 5 || top > height + 5) continue;
      pen.fillStyle = selected && !selected.has(point) ? "#9aa0a688" : colours[cluster[point]];
      pen.fillRect(left - side / 2, top - side / 2, side, side);
    }
    pen.globalAlpha = 1;
    // Numbers in the middle of clusters, so that colours are not all that tells them apart.
    if (order.length <= 60) {
      pen.font = "bold 13px system-ui, sans-serif";
      pen.textAlign = "center";
      for (const one of order) {
        const members = middle.get(one);
        if (!members) continue;
        const [left, top] = place(members);
        pen.lineWidth = 3;
        pen.strokeStyle = getComputedStyle(document.body).backgroundColor;
        pen.fillStyle = getComputedStyle(document.body).color;
        pen.strokeText(String(one), left, top + 4);
        pen.fillText(String(one), left, top + 4);
      }
    }
    if (lasso) {
      pen.strokeStyle = getComputedStyle(document.body).color;
      pen.lineWidth = 1.5;
      pen.beginPath();
      lasso.forEach(([left, top], index) => index ? pen.lineTo(left, top) : pen.moveTo(left, top));
      pen.stroke();
    }
  }

  // The member nearest to the median of its cluster.
  const middle = new Map(), groups = new Map();
  cluster.forEach((one, point) => groups.has(one) ? groups.get(one).push(point) : groups.set(one, [point]));
  for (const [one, members] of groups) {
    const median = values => values.sort((a, b) => a - b)[values.length >> 1];
    const mx = median(members.map(point => x[point])), my = median(members.map(point => y[point]));
    middle.set(one, members.reduce((best, point) => Math.hypot(x[point] - mx, y[point] - my) < Math.hypot(x[best] - mx, y[best] - my) ? point : best, members[0]));
  }

  function zoom(factor, left, top) {
    const scale = Math.max(0.5, Math.min(200, view.scale * factor)), change = scale / view.scale;
    view.left = left - (left - view.left) * change;
    view.top = top - (top - view.top) * change;
    view.scale = scale;
    draw();
  }

  function name(point) {
    const id = map.ids.length ? map.ids[point] + ": " : "";
    return id + clusters.title(cluster[point]);
  }

  function hover(left, top) {
    let best = -1, distance = 12;
    for (let point = 0; point < map.shown; point++) {
      const [a, b] = place(point), d = Math.hypot(a - left, b - top);
      if (d < distance) [best, distance] = [point, d];
    }
    tip.hidden = best < 0;
    if (best < 0) return;
    tip.textContent = name(best);
    tip.style.left = Math.min(left + 12, size().width - 160) + "px";
    tip.style.top = top + 12 + "px";
  }

  function close() {
    const inside = (a, b) => {
      let odd = false;
      for (let i = 0, j = lasso.length - 1; i < lasso.length; j = i++) {
        const [ax, ay] = lasso[i], [bx, by] = lasso[j];
        if ((ay > b) !== (by > b) && a < (bx - ax) * (b - ay) / (by - ay) + ax) odd = !odd;
      }
      return odd;
    };
    selected = new Set();
    for (let point = 0; point < map.shown; point++) if (inside(...place(point))) selected.add(point);
    if (lasso.length < 3 || !selected.size) selected = null;
    lasso = null;
    chosen.replaceChildren();
    if (selected) {
      const counts = new Map();
      for (const point of selected) counts.set(cluster[point], (counts.get(cluster[point]) || 0) + 1);
      const list = [...counts].sort((a, b) => b[1] - a[1]).map(([one, count]) => `${clusters.title(one)}: ${count}`).join(", ");
      const names = map.ids.length ? [...selected].slice(0, 40).map(point => map.ids[point]).join(", ") + (selected.size > 40 ? ", …" : "") : "";
      chosen.append(el("p", {}, `${plural(selected.size, "item")}: ${list}`), el("p", { class: "soft" }, names));
    }
    draw();
  }

  const touches = new Map();
  const at = event => { const box = canvas.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
  canvas.addEventListener("pointerdown", event => {
    canvas.setPointerCapture(event.pointerId);
    touches.set(event.pointerId, at(event));
    if (event.shiftKey || lassoButton.getAttribute("aria-pressed") === "true") lasso = [at(event)];
  });
  canvas.addEventListener("pointermove", event => {
    const now = at(event), before = touches.get(event.pointerId);
    if (!before) return hover(...now);
    tip.hidden = true;
    if (lasso) { lasso.push(now); return draw(); }
    const other = [...touches].find(([id]) => id !== event.pointerId)?.[1];
    touches.set(event.pointerId, now);
    if (other) return zoom(Math.hypot(now[0] - other[0], now[1] - other[1]) / Math.max(1, Math.hypot(before[0] - other[0], before[1] - other[1])), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
    view.left += now[0] - before[0];
    view.top += now[1] - before[1];
    draw();
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, event => { touches.delete(event.pointerId); if (lasso) close(); });
  canvas.addEventListener("pointerleave", () => { tip.hidden = true; });
  canvas.addEventListener("wheel", event => { event.preventDefault(); zoom(Math.exp(-event.deltaY / 300), ...at(event)); }, { passive: false });
  canvas.addEventListener("keydown", event => {
    const { width, height } = size(), step = 40;
    const moves = { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    if (moves[event.key]) { view.left += moves[event.key][0]; view.top += moves[event.key][1]; draw(); }
    else if (event.key === "+" || event.key === "=") zoom(1.3, width / 2, height / 2);
    else if (event.key === "-") zoom(1 / 1.3, width / 2, height / 2);
    else if (event.key === "0") { Object.assign(view, { scale: 1, left: 0, top: 0 }); draw(); }
    else return;
    event.preventDefault();
  });
  const lassoButton = el("button", { type: "button", "aria-pressed": "false", onclick: () => lassoButton.setAttribute("aria-pressed", lassoButton.getAttribute("aria-pressed") !== "true") }, "Lasso");
  const control = (label, text, act) => el("button", { type: "button", "aria-label": label, onclick: act }, text);
  new ResizeObserver(draw).observe(canvas);
  const middleOf = () => [size().width / 2, size().height / 2];
  return section("Map", `${map.shown < map.of ? map.shown.toLocaleString("en") + " of " : ""}${plural(map.of, "item")}, neighbours near each other. Drag to move, wheel or two fingers to zoom, shift and drag to choose some.`,
    el("nav", { "aria-label": "Map" }, lassoButton, control("Zoom in", "+", () => zoom(1.4, ...middleOf())), control("Zoom out", "−", () => zoom(1 / 1.4, ...middleOf())),
      control("Show all", "all", () => { Object.assign(view, { scale: 1, left: 0, top: 0 }); selected = null; chosen.replaceChildren(); draw(); })),
    el("div", { class: "plane" }, canvas, tip), chosen);
}

// Members.

/** A text with the words that decide behind a colour, stronger the more they weigh. */
function marked(member) {
  const parts = [];
  let place = 0;
  for (const [from, to, weight] of member.marks || []) {
    parts.push(member.text.slice(place, from), el("mark", { title: `weight ${weight} of 100`, style: { background: `rgba(230, 159, 0, ${0.1 + 0.3 * weight / 100})`, color: "inherit" } }, member.text.slice(from, to)));
    place = to;
  }
  return [...parts, member.text.slice(place)];
}

function memberView(run, member, cell) {
  const hint = `${member.id}${member.label ? ", " + member.label : ""}${member.main < 0 ? "" : `, probability ${member.probability.toFixed(2)}`}`;
  const sprite = () => {
    const [sheet, left, top, width, height] = member.place, zoom = run.places ? 1 : Math.max(1, Math.floor(56 / Math.max(width, height)));
    const style = { width: width * zoom + "px", height: height * zoom + "px", backgroundImage: `var(--sheet-${run.index}-${sheet})`, backgroundPosition: `-${left * zoom}px -${top * zoom}px` };
    if (zoom > 1) { style.backgroundSize = `calc(var(--width-${run.index}-${sheet}) * ${zoom}) auto`; style.imageRendering = "pixelated"; }
    return el("span", { class: "sprite", role: "img", "aria-label": hint, title: hint, style });
  };
  if (member.wave) {
    const button = el("button", { type: "button", class: "member wave", "aria-label": "Play " + hint, title: "Play " + hint, onclick: () => new Audio(member.wave).play() });
    if (member.place) button.append(sprite());
    return button;
  }
  if (member.place) return sprite();
  if (member.text !== undefined && member.text !== null) return el("div", { class: "member text", title: hint, tabindex: "0" }, ...marked(member));
  if (member.series) {
    const all = member.series.flat(), low = Math.min(0, ...all), high = Math.max(...all, low + 1e-6);
    const chart = svg("svg", { viewBox: "0 0 160 60", role: "img", "aria-label": hint }, svg("title", {}, hint));
    member.series.forEach((row, place) => {
      const points = row.map((value, index) => `${(row.length > 1 ? index / (row.length - 1) : 0.5) * 156 + 2},${57 - (value - low) / (high - low) * 54}`);
      chart.append(svg("polyline", { points: points.join(" "), fill: "none", stroke: paletteColour(place), "stroke-width": 1.5 }));
    });
    return el("div", { class: "member series" }, chart);
  }
  return el("span", { class: "member" }, member.id);
}

function treeView(clusters, cluster) {
  const root = clusters.tree(cluster);
  if (!root || !root.left) return null;
  const list = leaves(root);
  if (list.length > 60) return el("p", { class: "soft" }, `${list.length} clusters of the auxiliary head are in it.`);
  const parts = clusters.parts(cluster), row = 15, height = list.length * row + 6, most = root.height;
  const chart = svg("svg", { viewBox: `0 0 420 ${height}`, role: "img", style: "max-width: 32rem", "aria-label": `Tree of ${list.length} auxiliary clusters` });
  let next = 0;
  const x = node => 300 - 280 * node.height / most;
  const draw = node => {
    if (!node.left) {
      const y = next++ * row + row / 2 + 3;
      chart.append(svg("text", { x: 306, y: y + 4 }, `${node.leaf}: ${plural(parts.get(node.leaf), "item")}`));
      return y;
    }
    const a = draw(node.left), b = draw(node.right), at = x(node);
    for (const [child, y] of [[node.left, a], [node.right, b]]) chart.append(svg("line", { x1: at, x2: x(child), y1: y, y2: y, class: "axis", "stroke-width": 1.5 }));
    chart.append(svg("line", { x1: at, x2: at, y1: a, y2: b, class: "axis", "stroke-width": 1.5 }));
    return (a + b) / 2;
  };
  draw(root);
  return el("details", {}, el("summary", {}, `What it is made of: ${plural(list.length, "cluster")} of the auxiliary head`), chart);
}

function card(run, clusters, cluster, count) {
  const made = el("article", { class: "card", id: "cluster-" + cluster, style: { borderLeftColor: clusters.colour(cluster) } });
  const fill = () => {
    if (made.dataset.filled) return;
    made.dataset.filled = "yes";
    const members = run.gallery.members.filter(member => member.main >= 0 && clusters.of(member.main, Math.max(0, member.auxiliary)) === cluster);
    const sure = members.filter(member => member.isSure).sort((a, b) => b.probability - a.probability).slice(0, 24);
    const unsure = members.filter(member => !member.isSure).sort((a, b) => a.probability - b.probability).slice(0, 24);
    const show = list => el("div", { class: "members" }, ...list.map(member => memberView(run, member, run.gallery.cell)));
    made.append(...[sure.length ? el("p", { class: "soft" }, "Surest") : null, sure.length ? show(sure) : null,
      unsure.length ? el("p", { class: "soft" }, "Least sure") : null, unsure.length ? show(unsure) : null, treeView(clusters, cluster)].filter(Boolean));
  };
  const name = el("input", { type: "text", maxlength: "200", value: clusters.names[cluster] || "", "aria-label": "Name of cluster " + cluster, placeholder: "name" });
  const other = el("select", { "aria-label": "Merge cluster " + cluster + " with" }, el("option", { value: "" }, "merge with…"));
  const offer = () => {
    if (other.length === 1) other.append(...clusters.numbers.filter(one => one !== cluster).map(one => el("option", { value: one }, clusters.title(one))));
  };
  // Hundreds of lists of hundreds are made only where they are opened.
  if (clusters.numbers.length <= 40) offer();
  for (const moment of ["focus", "pointerenter"]) other.addEventListener(moment, offer);
  const root = run.merges.length ? clusters.tree(cluster) : null;
  made.append(el("h3", {}, `${clusters.title(cluster)} — ${plural(count, run.places ? "place" : "item")}`),
    el("form", { onsubmit: event => { event.preventDefault(); rename(cluster, name.value.trim()); } }, name, el("button", {}, "Rename"), other,
      el("button", { type: "button", onclick: () => merge(cluster, other.value) }, "Merge"),
      root && root.left ? el("button", { type: "button", onclick: () => split(cluster, root) }, "Split in two") : null));
  watcher.observe(made);
  made.fill = fill;
  return made;
}

// What is filled once it is near the window: hundreds of galleries at once would take seconds.
const watcher = new IntersectionObserver(entries => entries.forEach(entry => { if (entry.isIntersecting) entry.target.fill?.(); }), { rootMargin: "600px" });
addEventListener("beforeprint", () => document.querySelectorAll(".card").forEach(one => one.fill?.()));

// Edits.

function say(text) { document.getElementById("saved").textContent = text; }

function edit(one) {
  current.edits.edits.push(one);
  const place = scrollY;
  draw();
  scrollTo(0, place);
  say("not saved yet");
}

function rename(cluster, name) {
  const clusters = new Clusters(current), used = Object.entries(clusters.names).find(([one, found]) => found === name && Number(one) !== cluster);
  if (!name) return say("a name has a character at least");
  if (used) return say(`cluster ${used[0]} is called so already`);
  edit({ kind: "rename", cluster, name });
}

function merge(cluster, other) {
  if (other === "") return say("choose a cluster to merge with");
  if (new Clusters(current).numbers.length < 3) return say("one cluster for all would tell nothing");
  edit({ kind: "merge", clusters: [cluster, Number(other)].sort((a, b) => a - b) });
}

function split(cluster, root) {
  const second = new Set(leaves(root.right));
  edit({ kind: "split", cluster, parts: [...Array(current.auxiliaryCount).keys()].map(one => second.has(one) ? 1 : 0) });
}

function save() {
  const file = new Blob([JSON.stringify(current.edits, null, 2) + "\n"], { type: "application/json" });
  const link = el("a", { href: URL.createObjectURL(file), download: "edits.json" });
  document.body.append(link);
  link.click();
  link.remove();
  say(`saved; now: iic edit ${current.path} --from edits.json`);
}

function draw() {
  const run = current, clusters = new Clusters(run), counts = clusters.counts();
  const hasNew = run.edits.edits.length > run.saidBefore;
  document.getElementById("save").disabled = !hasNew;
  document.getElementById("undo").disabled = !hasNew;
  document.getElementById("summary").textContent = `${run.modality}, ${plural(run.items, "item")}, ${plural(clusters.numbers.length, "cluster")}; ${content.program}`;
  document.querySelectorAll("#runs button").forEach((button, place) => button.setAttribute("aria-pressed", content.runs[place] === run));
  watcher.disconnect();
  const gallery = run.places
    ? section("Pictures and their clusters", run.gallery.problem, el("div", { class: "members" }, ...run.gallery.members.map(member => memberView(run, member, run.gallery.cell))))
    : null;
  document.getElementById("main").replaceChildren(...[
    facts(run), figures(content.runs), curves(run), fewLabels(run), sizes(run, clusters), confusion(run, clusters), plane(run, clusters), gallery,
    section("Clusters", run.gallery.problem || "Name, merge and split them here; save, and every command obeys.", ...clusters.numbers.map(one => card(run, clusters, one, counts[one]))),
  ].filter(Boolean));
}

async function start() {
  const packed = Uint8Array.from(atob(document.getElementById("data").textContent.trim()), one => one.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  content = JSON.parse(await new Response(stream).text());
  const root = document.documentElement;
  content.runs.forEach((run, index) => {
    run.index = index;
    run.saidBefore = run.edits.edits.length;
    run.gallery.sheets.forEach((sheet, place) => {
      const bytes = Uint8Array.from(atob(sheet.slice(sheet.indexOf(",") + 1)), one => one.charCodeAt(0));
      root.style.setProperty(`--sheet-${index}-${place}`, `url(${URL.createObjectURL(new Blob([bytes], { type: "image/png" }))})`);
      root.style.setProperty(`--width-${index}-${place}`, new DataView(bytes.buffer).getUint32(16) + "px");
    });
    if (content.runs.length > 1) {
      document.getElementById("runs").append(el("button", { type: "button", onclick: () => { current = run; draw(); } }, run.path));
    }
  });
  document.getElementById("save").addEventListener("click", save);
  document.getElementById("undo").addEventListener("click", () => { current.edits.edits.pop(); draw(); say(""); });
  document.getElementById("theme").addEventListener("click", () => {
    const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = isDark ? "light" : "dark";
    draw();
  });
  current = content.runs[0];
  draw();
  document.body.dataset.ready = "yes";
}

start().catch(error => { document.getElementById("main").textContent = "This page cannot be drawn: " + error.message; throw error; });
