// A sheet to draw on with mouse, finger or pen: white on black, sent as a PNG while one draws, ten times a second at most.
export default {
  template: `<canvas ref="sheet" width="280" height="280" class="pad" tabindex="0" role="img" :aria-label="label"
    @pointerdown="begin" @pointermove="draw" @pointerup="end" @pointercancel="end" @keydown.delete="wipe"></canvas>`,
  props: { label: String },
  data: () => ({ down: false, waiting: null, drawn: false }),
  mounted() { this.wipe(); },
  methods: {
    pen() {
      const pen = this.$refs.sheet.getContext("2d");
      Object.assign(pen, { lineWidth: 22, lineCap: "round", lineJoin: "round", strokeStyle: "#fff" });
      return pen;
    },
    place(event) {
      const box = this.$refs.sheet.getBoundingClientRect();
      return [(event.clientX - box.left) * 280 / box.width, (event.clientY - box.top) * 280 / box.height];
    },
    begin(event) {
      this.$refs.sheet.setPointerCapture(event.pointerId);
      this.down = this.drawn = true;
      const pen = this.pen();
      pen.beginPath();
      pen.moveTo(...this.place(event));
      this.draw(event);
    },
    draw(event) {
      if (!this.down) return;
      const pen = this.pen();
      pen.lineTo(...this.place(event));
      pen.stroke();
      if (!this.waiting) this.waiting = setTimeout(this.tell, 100);
    },
    end() {
      this.down = false;
      this.tell();
    },
    tell() {
      clearTimeout(this.waiting);
      this.waiting = null;
      if (this.drawn) this.$emit("drawn", this.$refs.sheet.toDataURL("image/png"));
    },
    wipe() {
      const pen = this.pen();
      pen.fillStyle = "#000";
      pen.fillRect(0, 0, 280, 280);
      this.drawn = false;
      this.$emit("wiped");
    },
  },
};
