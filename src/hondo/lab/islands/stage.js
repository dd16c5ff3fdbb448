// The playground's stage: the network with a map in each neuron, the output's map with the points, the loss so far.
// It draws what the server sends and answers each frame, so that never more than one is on its way.
const NODE = 36, MAP = 300, GAP = 14;

function bytes(text) {
  const raw = atob(text);
  return Uint8Array.from(raw, (sign) => sign.charCodeAt(0));
}

export default {
  template: `<div class="stage">
    <div class="network"><canvas ref="net" @pointermove="point" @pointerleave="leave" @click="pick"
      role="img" :aria-label="labels.network"></canvas>
      <label v-if="edited" class="edit" :style="edited.style">{{ edited.name }}
        <input ref="number" type="number" step="0.1" :value="edited.value" @change="change" @keydown.escape="edited = null"></label>
    </div>
    <div class="outcome"><canvas ref="map" role="img" :aria-label="labels.map"></canvas>
      <canvas ref="loss" role="img" :aria-label="labels.loss"></canvas></div>
  </div>`,
  props: { labels: Object },
  data: () => ({ shape: null, frame: null, curve: [], hovered: null, edited: null, places: [] }),
  mounted() {
    this.watcher = new ResizeObserver(() => this.paint());
    this.watcher.observe(this.$el);
    this.media = new MutationObserver(() => this.paint());
    this.media.observe(document.body, { attributes: true, attributeFilter: ["class"] });
    this.$emit("ready");
  },
  unmounted() {
    this.watcher.disconnect();
    this.media.disconnect();
  },
  methods: {
    begin(shape) {
      Object.assign(this, { shape, frame: null, curve: [], hovered: null, edited: null });
      this.paint();
    },
    show(frame) {
      frame.maps = bytes(frame.maps);
      frame.output = bytes(frame.output);
      this.frame = frame;
      if (frame.curve) this.curve = frame.curve;
      else this.curve.push([frame.train, frame.test]);
      if (this.curve.length > 600) this.curve = this.curve.filter((_, place) => place % 2 === 0);
      this.paint();
      requestAnimationFrame(() => this.$emit("shown", frame.number));
    },
    colours() {
      const style = getComputedStyle(document.body);
      const read = (name) => style.getPropertyValue(name).trim();
      const parse = (text) => [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16));
      return {
        ink: read("--ink"), muted: read("--muted"), faint: read("--faint"), accent: read("--accent"), paper: read("--paper"),
        ends: [parse(read("--negative")), parse(read("--middle")), parse(read("--accent-map"))],
      };
    },
    sheet(canvas, width, height) {
      const ratio = window.devicePixelRatio || 1;
      if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
        canvas.width = Math.round(width * ratio);
        canvas.height = Math.round(height * ratio);
        canvas.style.width = `${width}px`;
        canvas.style.height = `${height}px`;
      }
      const pen = canvas.getContext("2d");
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      pen.clearRect(0, 0, width, height);
      return pen;
    },
    picture(values, side, ends, steps) {
      const image = new ImageData(side, side);
      for (let place = 0; place < side * side; place++) {
        let share = values[place] / 127.5 - 1;
        if (steps) share = share > 0 ? 1 : -1;
        const end = share < 0 ? ends[0] : ends[2], weight = Math.abs(share);
        for (let channel = 0; channel < 3; channel++)
          image.data[4 * place + channel] = ends[1][channel] + (end[channel] - ends[1][channel]) * weight;
        image.data[4 * place + 3] = 255;
      }
      const small = new OffscreenCanvas(side, side);
      small.getContext("2d").putImageData(image, 0, 0);
      return small;
    },
    paint() {
      if (!this.shape || !this.$refs.net) return;
      const colours = this.colours();
      this.paintNetwork(colours);
      this.paintMap(colours);
      this.paintLoss(colours);
    },
    layout(width) {
      const sizes = this.shape.sizes.slice(0, -1);
      const most = Math.max(...sizes, 1);
      const height = Math.max(220, most * (NODE + GAP) + 40);
      const places = sizes.map((count, layer) => Array.from({ length: count }, (_, unit) => ({
        x: 70 + (layer * (width - 110)) / Math.max(1, sizes.length),
        y: 34 + ((unit + 0.5) * (height - 48)) / count,
      })));
      places.push([{ x: width - 14, y: height / 2 }]);
      return { places, height };
    },
    paintNetwork(colours) {
      const width = this.$refs.net.parentElement.clientWidth;
      const { places, height } = this.layout(width);
      const pen = this.sheet(this.$refs.net, width, height);
      this.places = places;
      const frame = this.frame, side = this.shape.side;
      if (frame) {
        frame.kernels.forEach((kernel, layer) => kernel.forEach((row, from) => row.forEach((weight, to) => {
          const a = places[layer][from], b = places[layer + 1][Math.min(to, places[layer + 1].length - 1)];
          const active = this.hovered && this.hovered.layer === layer && this.hovered.from === from && this.hovered.to === to;
          const start = a.x + NODE / 2, stop = b.x - (layer + 2 === places.length ? 0 : NODE / 2), middle = (start + stop) / 2;
          pen.beginPath();
          pen.moveTo(start, a.y);
          pen.bezierCurveTo(middle, a.y, middle, b.y, stop, b.y);
          pen.lineWidth = Math.min(9, 0.6 + 2.6 * Math.abs(weight)) + (active ? 2 : 0);
          const end = weight < 0 ? colours.ends[0] : colours.ends[2];
          pen.strokeStyle = `rgba(${end.join(",")},${Math.min(0.95, 0.25 + 0.5 * Math.abs(weight))})`;
          pen.stroke();
        })));
      }
      let node = 0;
      pen.font = "12px system-ui, sans-serif";
      pen.fillStyle = colours.muted;
      places.slice(0, -1).forEach((column, layer) => column.forEach((place, unit) => {
        const left = place.x - NODE / 2, top = place.y - NODE / 2;
        if (frame) {
          const values = frame.maps.subarray(node * side * side, (node + 1) * side * side);
          pen.drawImage(this.picture(values, side, colours.ends, false), left, top, NODE, NODE);
          node += 1;
        }
        const dead = frame && layer > 0 && frame.dead[layer - 1][unit];
        pen.strokeStyle = dead ? colours.faint : colours.ink;
        pen.setLineDash(dead ? [3, 3] : []);
        pen.lineWidth = 1;
        pen.strokeRect(left, top, NODE, NODE);
        pen.setLineDash([]);
        if (layer === 0) {
          pen.textAlign = "right";
          pen.fillText(this.shape.inputs[unit], left - 6, place.y + 4);
        }
      }));
    },
    paintMap(colours) {
      const pen = this.sheet(this.$refs.map, MAP, MAP), frame = this.frame, side = this.shape.output;
      if (frame) {
        let values = frame.output, node = this.hovered && this.hovered.node;
        if (node !== null && node !== undefined && this.hovered) {
          const small = this.shape.side;
          pen.drawImage(this.picture(frame.maps.subarray(node * small * small, (node + 1) * small * small), small, colours.ends, false), 0, 0, MAP, MAP);
        } else pen.drawImage(this.picture(values, side, colours.ends, this.shape.discrete), 0, 0, MAP, MAP);
      }
      const reach = this.shape.reach;
      const dots = (list, ring) => list.forEach(([x, y, value]) => {
        const end = value < 0 ? colours.ends[0] : colours.ends[2], weight = Math.min(1, Math.abs(value));
        pen.beginPath();
        pen.arc(((x + reach) / (2 * reach)) * MAP, ((reach - y) / (2 * reach)) * MAP, 3.2, 0, 7);
        pen.fillStyle = `rgb(${end.map((part, at) => colours.ends[1][at] + (part - colours.ends[1][at]) * weight).join(",")})`;
        pen.fill();
        pen.lineWidth = ring ? 1.6 : 1;
        pen.strokeStyle = ring ? colours.ink : colours.paper;
        pen.stroke();
      });
      dots(this.shape.train, false);
      if (this.shape.showTest) dots(this.shape.test, true);
    },
    paintLoss(colours) {
      const width = MAP, height = 70, pen = this.sheet(this.$refs.loss, width, height);
      if (this.curve.length < 2) return;
      const finite = this.curve.flat().filter((value) => Number.isFinite(value));
      const high = Math.max(...finite, 1e-9);
      [[0, colours.accent, []], [1, colours.muted, [4, 3]]].forEach(([which, colour, dash]) => {
        pen.beginPath();
        this.curve.forEach((pair, place) => {
          if (!Number.isFinite(pair[which])) return;
          const x = (place * (width - 2)) / (this.curve.length - 1) + 1, y = height - 3 - (pair[which] / high) * (height - 8);
          if (place) pen.lineTo(x, y);
          else pen.moveTo(x, y);
        });
        pen.setLineDash(dash);
        pen.lineWidth = which ? 1.3 : 2;
        pen.strokeStyle = colour;
        pen.stroke();
        pen.setLineDash([]);
      });
    },
    nearest(event) {
      const box = this.$refs.net.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
      let node = 0;
      for (let layer = 0; layer < this.places.length - 1; layer++)
        for (let unit = 0; unit < this.places[layer].length; unit++, node++) {
          const place = this.places[layer][unit];
          if (Math.abs(place.x - x) < NODE / 2 && Math.abs(place.y - y) < NODE / 2) return { node, layer, unit };
        }
      let best = null, least = 9;
      this.frame && this.frame.kernels.forEach((kernel, layer) => kernel.forEach((row, from) => row.forEach((_, to) => {
        const a = this.places[layer][from], b = this.places[layer + 1][Math.min(to, this.places[layer + 1].length - 1)];
        const share = (x - a.x) / (b.x - a.x);
        if (share < 0.1 || share > 0.9) return;
        const smooth = share * share * (3 - 2 * share), distance = Math.abs(a.y + (b.y - a.y) * smooth - y);
        if (distance < least) [least, best] = [distance, { layer, from, to }];
      })));
      return best;
    },
    point(event) {
      const found = this.nearest(event);
      this.$refs.net.style.cursor = found ? "pointer" : "default";
      if (JSON.stringify(found) !== JSON.stringify(this.hovered)) {
        this.hovered = found;
        this.paint();
      }
    },
    leave() {
      this.hovered = null;
      this.paint();
    },
    pick(event) {
      const found = this.nearest(event);
      if (!found || !this.frame) return (this.edited = null);
      const box = this.$refs.net.getBoundingClientRect();
      const style = { left: `${Math.min(event.clientX - box.left, box.width - 150)}px`, top: `${event.clientY - box.top + 8}px` };
      if (found.node === undefined)
        this.edited = { ...found, style, name: this.labels.weight, value: this.frame.kernels[found.layer][found.from][found.to].toFixed(3) };
      else if (found.layer > 0)
        this.edited = { ...found, style, name: this.labels.bias, value: this.frame.biases[found.layer - 1][found.unit].toFixed(3) };
      this.$nextTick(() => this.$refs.number && this.$refs.number.focus());
    },
    change(event) {
      const value = Number(event.target.value), { layer, from, to, unit } = this.edited;
      if (Number.isFinite(value))
        this.$emit("edited", from === undefined ? { bias: true, layer: layer - 1, unit, value } : { layer, from, to, value });
      this.edited = null;
    },
  },
};
