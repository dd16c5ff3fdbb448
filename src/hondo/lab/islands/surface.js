// A slice of the loss's surface: a map of its logarithm with lines of equal loss, the network in the middle.
const LINES = 9;

export default {
  template: `<canvas ref="map" class="surface" role="img" :aria-label="label"></canvas>`,
  props: { label: String, losses: Array },
  mounted() {
    this.watcher = new ResizeObserver(() => this.paint());
    this.watcher.observe(this.$el.parentElement);
    this.themes = new MutationObserver(() => this.paint());
    this.themes.observe(document.body, { attributes: true, attributeFilter: ["class"] });
  },
  unmounted() {
    this.watcher.disconnect();
    this.themes.disconnect();
  },
  watch: { losses() { this.paint(); } },
  methods: {
    paint() {
      const { losses } = this, canvas = this.$refs.map, width = Math.min(420, canvas.parentElement.clientWidth), ratio = window.devicePixelRatio || 1;
      if (!losses || !losses.length || !width) return;
      Object.assign(canvas, { width: width * ratio, height: width * ratio });
      Object.assign(canvas.style, { width: `${width}px`, height: `${width}px` });
      const pen = canvas.getContext("2d"), style = getComputedStyle(document.body), read = (name) => style.getPropertyValue(name).trim();
      pen.scale(ratio, ratio);
      const heights = losses.map((row) => row.map((loss) => (loss === null ? null : Math.log(Math.max(loss, 1e-9)))));
      const known = heights.flat().filter((each) => each !== null), low = Math.min(...known), span = Math.max(...known) - low || 1;
      const shares = heights.map((row) => row.map((each) => (each === null ? 1 : (each - low) / span)));
      this.heat(pen, shares, width, [read("--accent-map"), read("--middle")]);
      this.lines(pen, shares, width, read("--ink"));
      this.here(pen, width, read("--signal"), read("--paper"));
    },
    heat(pen, shares, width, ends) {
      const [low, high] = ends.map((text) => [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16)));
      const side = shares.length, image = new ImageData(side, side);
      shares.flat().forEach((share, place) => {
        for (let channel = 0; channel < 3; channel++) image.data[4 * place + channel] = low[channel] + (high[channel] - low[channel]) * share;
        image.data[4 * place + 3] = 255;
      });
      const small = new OffscreenCanvas(side, side);
      small.getContext("2d").putImageData(image, 0, 0);
      const cell = width / (side - 1);
      pen.drawImage(small, -cell / 2, -cell / 2, side * cell, side * cell);
    },
    lines(pen, shares, width, ink) {
      const cell = width / (shares.length - 1);
      Object.assign(pen, { strokeStyle: ink, lineWidth: 1, globalAlpha: 0.35 });
      pen.beginPath();
      for (let number = 1; number < LINES; number++)
        for (let row = 0; row + 1 < shares.length; row++)
          for (let column = 0; column + 1 < shares.length; column++) this.cross(pen, shares, row, column, number / LINES, cell);
      pen.stroke();
      pen.globalAlpha = 1;
    },
    // Where a line of equal loss crosses the sides of one cell: two crossings make a piece of it.
    cross(pen, shares, row, column, level, cell) {
      const corners = [[0, 0], [0, 1], [1, 1], [1, 0]], found = [];
      corners.forEach(([down, across], at) => {
        const [toDown, toAcross] = corners[(at + 1) % 4], a = shares[row + down][column + across], b = shares[row + toDown][column + toAcross];
        if (a < level === b < level) return;
        const share = (level - a) / (b - a);
        found.push([(column + across + (toAcross - across) * share) * cell, (row + down + (toDown - down) * share) * cell]);
      });
      for (let at = 0; at + 1 < found.length; at += 2) {
        pen.moveTo(...found[at]);
        pen.lineTo(...found[at + 1]);
      }
    },
    here(pen, width, signal, paper) {
      pen.beginPath();
      pen.arc(width / 2, width / 2, 7, 0, 7);
      Object.assign(pen, { fillStyle: signal, strokeStyle: paper, lineWidth: 2.5 });
      pen.fill();
      pen.stroke();
    },
  },
};
