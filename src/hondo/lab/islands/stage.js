// The playground's stage: the network with a map in each neuron, the output's map with the points, losses and scores.
// It draws what the server sends and answers each frame, so that never more than one is on its way.
// What changes thirty times a second is written straight into the page, not through Vue.
import { Picture, plane, readColours } from "hondo-stage/colour.js";
import { Curves } from "hondo-stage/curve.js";
import { drawNetwork, edge, layout } from "hondo-stage/network.js";
import { layers, unpack } from "hondo-stage/packet.js";
import { drawDots, SIGNS } from "hondo-stage/plane.js";
import { Drawing } from "hondo-stage/draw.js";

const LOSS = 84, NEAR = 9, TYPED = "input, select, textarea, [contenteditable]", PRESSED = "button, a, summary, [role=button]";

export default {
  template: `<div class="stage" :class="{ paired: nets.length > 1 }">
    <section class="network"><slot></slot>
      <div class="sheet" ref="sheet">
        <canvas ref="net" role="img" :aria-label="labels.network" @pointermove="point" @pointerleave="leave" @click="pickEdge"></canvas>
        <button v-for="node in nodes" :key="node.key" type="button" class="neuron" :style="node.style" :aria-label="node.name"
          @pointerenter="hover(node)" @pointerleave="leave" @focus="hover(node)" @blur="leave" @click="pickNode(node)"></button>
        <div v-if="tip" class="weight-tip" :style="tip.style">{{ tip.text }}</div>
        <form v-if="edited" class="edit" :style="edited.style" @submit.prevent="edited = null" @keydown.escape="shut" ref="form">
          <div class="edit-head"><b>{{ edited.title }}</b>
            <button type="button" class="button quiet" :aria-label="labels.close" @click="shut">×</button></div>
          <label v-for="row in edited.rows" :key="row.key">{{ row.name }}
            <input type="number" step="0.1" :defaultValue="row.value" @change="change(row, $event)"></label>
        </form>
      </div>
      <p class="dead" ref="dead"></p>
    </section>
    <slot name="learning"></slot>
    <section class="outcome">
      <div class="progress"><div><span class="counter" ref="epoch">0</span> <span>{{ labels.epochs }}</span></div>
        <span class="steps" ref="steps"></span></div>
      <table v-show="!hidden('scores')" class="scoreboard">
        <thead><tr><td></td><template v-for="(name, number) in nets"><th scope="col">{{ prefix(number) }}{{ labels.train }}</th>
          <th scope="col">{{ prefix(number) }}{{ labels.test }}</th></template></tr></thead>
        <tbody><tr v-for="(row, at) in [labels.loss, scoreName]" :key="at"><th scope="row">{{ row }}</th>
          <template v-for="(name, number) in nets"><td :ref="(cell) => keep(number, 2 * at, cell)"></td>
            <td :ref="(cell) => keep(number, 2 * at + 1, cell)"></td></template></tr></tbody>
      </table>
      <div class="maps"><figure v-for="(name, number) in nets" :key="nets.length + '-' + number">
        <figcaption v-if="nets.length > 1"><button type="button" class="button" :aria-pressed="String(number === shown)"
          :title="labels.look" @click="$emit('chosen', number)"><b :class="'twin-' + number">{{ "AB"[number] }}</b> {{ name }}</button></figcaption>
        <canvas :ref="(canvas) => (canvases[number] = canvas)" role="img" :aria-label="labels.map + (name ? ': ' + name : '')"
          :tabindex="drawing ? 0 : null" :class="{ drawable: drawing }"
          @pointerdown="drawer.down" @pointermove="drawer.move" @pointerup="drawer.up" @pointercancel="drawer.up"
          @keydown="drawer.key" @blur="drawer.leave"></canvas>
      </figure></div>
      <p class="seen-neuron" ref="caption"></p>
      <div class="legend">
        <template v-if="kind === 'classes'"><span v-for="(name, number) in classes" :key="number">
          <i :style="{ color: 'var(--class-' + number + ')' }">{{ signs[number] }}</i> {{ name }}</span></template>
        <template v-else><span>{{ classes[0] }}</span><i class="scale"></i><span>{{ classes[1] }}</span></template>
        <span v-if="nets.length > 1" class="apart" ref="apart"></span>
      </div>
      <slot name="under"></slot>
      <div class="losses" v-show="!hidden('loss')">
        <canvas ref="loss" role="img" :aria-label="labels.losses"></canvas>
        <div class="key"><template v-for="(name, number) in nets"><span class="line" :class="'twin-' + number">{{ prefix(number) }}{{ labels.train }}</span>
          <span class="line dashed" :class="'twin-' + number">{{ prefix(number) }}{{ labels.test }}</span></template></div>
      </div>
      <label class="control rewind" v-show="!hidden('rewind')"><span>{{ labels.rewind }}</span>
        <input ref="scrub" type="range" min="0" max="1" step="1" :aria-label="labels.rewind" @input="rewind"></label>
    </section>
  </div>`,
  props: { labels: Object, hide: Array, drawing: Object },
  data: () => ({
    nodes: [], nets: [""], classes: ["", ""], kind: "two", shown: 0, scoreName: "", tip: null, edited: null, signs: SIGNS,
  }),
  created() {
    Object.assign(this, {
      shape: null, frame: null, hovered: null, plan: null, colours: null, due: false, owed: false, canvases: [], cells: [],
      atlas: new Picture(), pictures: [new Picture(), new Picture()], curves: new Curves(), drawer: new Drawing(this),
    });
  },
  mounted() {
    this.watcher = new ResizeObserver(() => this.replan());
    this.watcher.observe(this.$el);
    this.themes = new MutationObserver(() => { this.colours = null; this.paintSoon(); });
    this.themes.observe(document.body, { attributes: true, attributeFilter: ["class"] });
    document.addEventListener("keydown", this.pressed);
    this.connect();
  },
  unmounted() {
    this.watcher.disconnect();
    this.themes.disconnect();
    document.removeEventListener("keydown", this.pressed);
    window.socket?.off("hondo_stage", this.receive);
  },
  watch: { drawing() { this.paintSoon(); } },
  methods: {
    connect() {
      if (!window.socket) return setTimeout(this.connect, 10);
      window.socket.on("hondo_stage", this.receive);
      this.$emit("ready");
    },
    hidden(name) { return (this.hide || []).includes(name); },
    prefix(number) { return this.nets.length > 1 ? `${"AB"[number]} ` : ""; },
    keep(number, at, cell) { (this.cells[number] ||= [])[at] = cell; },
    receive(id, buffer) {
      if (`c${id}` !== this.$el.id) return;
      const frame = unpack(buffer);
      if (frame.shape) this.begin(frame.shape);
      [frame.weights, frame.maps, ...frame.planes] = frame.arrays;
      frame.layers = layers(frame.weights, this.shape.sizes);
      if (frame.curve) this.curves.begin(frame.curve);
      else this.curves.add(frame.step, frame.scores);
      Object.assign(this, { frame, owed: true });
      if (document.hidden) setTimeout(this.answer, 100);
      this.paintSoon();
    },
    begin(shape) {
      const same = this.shape && JSON.stringify(this.shape.sizes) === JSON.stringify(shape.sizes);
      if (!same) Object.assign(this, { hovered: null, edited: null, tip: null });
      this.shape = shape;
      Object.assign(this, { nets: shape.nets, classes: shape.classes, kind: shape.kind, shown: shape.shown });
      this.scoreName = shape.kind === "numbers" ? "R²" : this.labels.accuracy;
      this.drawer.arrived();
      this.$nextTick(this.replan);
    },
    answer() {
      if (!this.owed) return;
      this.owed = false;
      this.$emit("shown");
    },
    paintSoon() {
      if (this.due) return;
      this.due = true;
      requestAnimationFrame(() => {
        this.due = false;
        this.paint();
        this.answer();
      });
    },
    replan() {
      if (!this.shape) return;
      const width = this.$refs.sheet.clientWidth, { sizes } = this.shape;
      this.plan = layout(sizes, width, this.shape.gradients);
      let key = 0;
      this.nodes = this.plan.places.flatMap((column, layer) => column.map(({ x, y }, unit) => ({
        key: key, node: key++, layer, unit, x, y, name: this.nameOf(layer, unit),
        style: { left: `${x}px`, top: `${y}px`, width: `${this.plan.node}px`, height: `${this.plan.node}px` },
      })));
      this.paintSoon();
    },
    nameOf(layer, unit) {
      const { sizes, inputs, classes, kind } = this.shape;
      if (layer === 0) return `${this.labels.input} ${inputs[unit]}`;
      if (layer === sizes.length - 1) return sizes[layer] > 1 && kind === "classes" ? `${this.labels.output} ${classes[unit]}` : this.labels.output;
      return this.labels.neuron.replace("{unit}", unit + 1).replace("{layer}", layer);
    },
    sheet(canvas, width, height) {
      const ratio = window.devicePixelRatio || 1, [across, down] = [width, height].map((size) => Math.round(size * ratio));
      if (canvas.width !== across || canvas.height !== down) {
        Object.assign(canvas, { width: across, height: down });
        Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
      }
      const pen = canvas.getContext("2d");
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      pen.clearRect(0, 0, width, height);
      return pen;
    },
    paint() {
      if (!this.plan || !this.frame || !this.$refs.net) return;
      this.colours ||= readColours();
      const { frame, shape, colours, plan, hovered, atlas, labels } = this, discrete = shape.discrete;
      if (frame.maps.length !== shape.sizes.reduce((sum, size) => sum + size, 0) * shape.side ** 2) return;
      drawNetwork(this.sheet(this.$refs.net, plan.width, plan.height), plan, { frame, shape, colours, hovered, atlas, labels, discrete });
      this.nets.forEach((_, number) => this.paintMap(number));
      const width = this.$refs.loss.parentElement.clientWidth;
      if (width) this.curves.draw(this.sheet(this.$refs.loss, width, LOSS), width, LOSS, { ...frame, first: shape.first, colours });
      this.write();
    },
    paintMap(number) {
      const canvas = this.canvases[number], { frame, shape, colours, hovered } = this;
      if (!canvas || !frame.planes[number]) return;
      const width = Math.min(380, canvas.parentElement.clientWidth), pen = this.sheet(canvas, width, width);
      const kind = shape.kinds[number];
      pen.imageSmoothingEnabled = !shape.discrete;
      if (hovered && hovered.node !== undefined && number === shape.shown)
        pen.drawImage(this.atlas.canvas, 0, hovered.node * shape.side, shape.side, shape.side, 0, 0, width, width);
      else pen.drawImage(plane(this.pictures[number], frame.planes[number], shape.output, kind, colours, shape.discrete), 0, 0, width, width);
      const options = { kind, reach: shape.reach, width, colours }, dots = shape.dots[number];
      drawDots(pen, dots.train, { ...options, ring: false });
      if (shape.test) drawDots(pen, dots.test, { ...options, ring: true });
      if (this.drawing && number === 0) this.drawer.draw(pen, options);
    },
    write() {
      const { frame, shape, labels } = this, { scrub } = this.$refs;
      const digits = Number.isInteger(frame.epoch) ? 0 : 2;
      this.$refs.epoch.textContent = frame.epoch.toLocaleString(labels.language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
      this.$refs.steps.textContent = `${frame.step.toLocaleString(labels.language)} ${labels.steps}`;
      frame.scores.forEach((scores, number) => scores.forEach((value, at) => {
        const cell = this.cells[number]?.[at];
        if (cell) cell.textContent = value === null ? "—" : at < 2 || shape.kind === "numbers" ? value.toFixed(3) : `${(100 * value).toFixed(1)} %`;
      }));
      const dead = frame.dead.flat().filter(Boolean).length;
      this.$refs.dead.textContent = dead ? labels.dead.replace("{count}", dead) : "";
      const { hovered } = this;
      this.$refs.caption.textContent = hovered && hovered.node !== undefined ? hovered.name : "";
      if (this.$refs.apart && frame.apart !== null)
        this.$refs.apart.textContent = (shape.kind === "numbers" ? labels.apartNumbers : labels.apart)
          .replace("{share}", shape.kind === "numbers" ? frame.apart.toFixed(2) : `${(100 * frame.apart).toFixed(0)} %`);
      if (this.sliding && document.activeElement === scrub) return;
      Object.assign(scrub, { min: shape.first, max: Math.max(shape.first + 1, frame.furthest), value: frame.step });
    },
    rewind(event) {
      clearTimeout(this.sliding);
      this.sliding = setTimeout(() => (this.sliding = null), 600);
      this.sought = Number(event.target.value);
      this.seeking ||= setTimeout(() => {
        this.seeking = null;
        this.$emit("rewound", this.sought);
      }, 60);
    },
    hover(node) {
      this.hovered = node;
      this.tip = null;
      this.paintSoon();
    },
    leave() {
      this.hovered = this.tip = null;
      this.paintSoon();
    },
    nearest(event) {
      const box = this.$refs.net.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
      let best = null, least = NEAR;
      (this.frame?.layers || []).forEach(({ inputs, units }, layer) => {
        for (let from = 0; from < inputs; from++)
          for (let to = 0; to < units; to++) {
            const line = edge(this.plan, layer, from, to), share = (x - line.x) / (line.toX - line.x);
            if (share < 0 || share > 1) continue;
            const smooth = share * share * (3 - 2 * share), distance = Math.abs(line.y + (line.toY - line.y) * smooth - y);
            if (distance < least) [least, best] = [distance, { layer, from, to, x, y }];
          }
      });
      return best;
    },
    weight({ layer, from, to }) {
      const { kernel, units } = this.frame.layers[layer];
      return kernel[from * units + to];
    },
    point(event) {
      if (!this.plan) return;
      const found = this.nearest(event);
      this.hovered = found;
      this.$refs.net.style.cursor = found && !this.hidden("edit") ? "pointer" : "default";
      this.tip = found && { text: `${this.labels.weight} ${this.weight(found).toFixed(3)}`, style: { left: `${found.x + 12}px`, top: `${found.y - 30}px` } };
      this.paintSoon();
    },
    pickEdge(event) {
      const found = this.plan && this.nearest(event);
      if (!found) return (this.edited = null);
      const name = `${this.nameOf(found.layer, found.from)} → ${this.nameOf(found.layer + 1, found.to)}`;
      this.edit(this.labels.weight, found.x, found.y, [{ name, layer: found.layer, from: found.from, to: found.to, value: this.weight(found) }]);
    },
    pickNode(node) {
      if (node.layer === 0 || !this.frame) return;
      const layer = node.layer - 1, { inputs, biases } = this.frame.layers[layer];
      const rows = [{ name: this.labels.bias, bias: true, layer, unit: node.unit, value: biases[node.unit] }];
      for (let from = 0; from < inputs; from++)
        rows.push({ name: `${this.labels.from} ${this.nameOf(layer, from)}`, layer, from, to: node.unit, value: this.weight({ layer, from, to: node.unit }) });
      this.edit(node.name, node.x, node.y + this.plan.node / 2, rows, node);
    },
    edit(title, x, y, rows, node) {
      if (this.hidden("edit")) return;
      this.tip = null;
      this.opener = node;
      const left = Math.max(0, Math.min(x, this.$refs.sheet.clientWidth - 250));
      const key = Math.random();
      this.edited = { title, style: { left: `${left}px`, top: `${y + 8}px` }, rows: rows.map((row, at) => ({ ...row, key: `${key}-${at}`, value: row.value.toFixed(3) })) };
      this.$nextTick(() => this.$refs.form?.querySelector("input").select());
    },
    shut() {
      this.edited = null;
      if (this.opener) this.$refs.sheet.querySelectorAll(".neuron")[this.opener.node]?.focus();
    },
    change(row, event) {
      const value = event.target.valueAsNumber, { bias, layer, unit, from, to } = row;
      if (Number.isFinite(value)) this.$emit("edited", bias ? { bias, layer, unit, value } : { layer, from, to, value });
    },
    pressed(event) {
      const { target, key } = event, modified = event.ctrlKey || event.metaKey || event.altKey;
      if (modified || event.defaultPrevented || target.closest?.(TYPED) || target.closest?.("dialog, .drawable")) return;
      const name = { " ": "play", ArrowRight: event.shiftKey ? "epoch" : "batch", ArrowLeft: event.shiftKey ? "epoch-back" : "batch-back" }[key];
      if (!name || (key === " " && target.closest?.(PRESSED))) return;
      event.preventDefault();
      this.$emit("key", name);
    },
  },
};
