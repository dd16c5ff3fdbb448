// A figure that moves: the drawing, its controls, dragging in it. Whatever moves is asked of the server, one question at a
// time, always with the newest values; the drawing is markup that only Hondo's own code makes.
const NEAR = "900px", PATIENCE = 15000, SLOW = 500;

export default {
  template: `<figure class="live" :class="{ slow, failed: !!error }" :data-figure="name">
    <figcaption><span class="live-title">{{ title }}</span>
      <button v-if="controls.length" type="button" class="button quiet" @click="reset" :disabled="!moved">{{ labels.reset }}</button></figcaption>
    <div class="live-scroll" tabindex="0" role="region" :aria-label="title">
      <div class="live-sheet" ref="sheet">
        <div v-if="svg" class="live-svg" v-html="svg"></div>
        <div v-else class="live-waiting" aria-hidden="true"></div>
        <div v-if="grip && svg" class="grip" :class="{ held }" :style="grip" tabindex="0" role="application" :aria-label="dragLabel"
          @pointerdown="grab" @pointermove="drag" @pointerup="release" @pointercancel="release" @keydown="arrow"></div>
      </div>
    </div>
    <p v-if="error" class="message bad" role="alert">{{ error }}</p>
    <p class="live-summary" :aria-live="playing ? 'off' : 'polite'">{{ summary }}</p>
    <div v-if="controls.length" class="live-controls">
      <template v-for="each in controls" :key="each.name">
        <div v-if="each.kind === 'slider'" class="live-control slider" :class="{ plays: each.plays }">
          <button v-if="each.plays" type="button" class="button play" :data-going="playing === each.name" @click="play(each)"
            :aria-label="(playing === each.name ? labels.pause : labels.play) + ': ' + each.label"></button>
          <div class="live-slide"><label :for="id(each)">{{ each.label }}</label><output :for="id(each)">{{ shown(each) }}</output>
            <input type="range" :id="id(each)" :min="each.low" :max="each.high" :step="each.step" :value="values[each.name]"
              :style="{ '--part': part(each) }" @input="slide(each, $event)"></div>
        </div>
        <label v-else-if="each.kind === 'choice'" class="live-control control"><span>{{ each.label }}</span>
          <select :value="values[each.name]" @change="set(each.name, $event.target.value)">
            <option v-for="option in each.options" :key="option[0]" :value="option[0]">{{ option[1] }}</option></select></label>
        <div v-else class="live-control toggle"><button type="button" class="button switch" role="switch" :aria-checked="String(!!values[each.name])"
          @click="set(each.name, !values[each.name])"><i aria-hidden="true"></i>{{ each.label }}</button></div>
      </template>
    </div>
    <div v-if="links.length" class="live-links"><a v-for="each in links" :key="each[0]" :href="each[1]">{{ each[0] }}</a></div>
  </figure>`,
  props: { name: String, title: String, controls: Array, axes: Object, labels: Object, picture: Object },
  data() {
    return { svg: "", summary: "", links: [], plot: null, error: "", values: this.first(), playing: "", held: false, slow: false, size: [640, 360] };
  },
  computed: {
    moved() { return this.controls.some((each) => this.values[each.name] !== each.value); },
    grip() {
      if (!this.plot || !this.axes) return null;
      const [left, top, width, height] = this.plot.box, [whole, high] = this.size, share = (a, b) => `${(100 * a) / b}%`;
      const touch = this.axes.x && this.axes.y ? "none" : this.axes.x ? "pan-y" : "pan-x";
      return { left: share(left, whole), top: share(top, high), width: share(width, whole), height: share(height, high), touchAction: touch };
    },
    dragLabel() {
      const named = [this.axes.x, this.axes.y].filter(Boolean).map((name) => this.control(name).label);
      return `${this.labels.drag}: ${named.join(", ")}`;
    },
  },
  mounted() {
    this.flight = null;
    if (this.picture) this.take(this.picture);
    this.watcher = new IntersectionObserver((seen) => {
      this.near = seen.some((each) => each.isIntersecting);
      if (this.near && !this.svg && !this.flight) this.ask();
    }, { rootMargin: NEAR });
    this.connect();
  },
  beforeUnmount() {
    window.socket?.off("hondo_picture", this.receive);
    this.watcher?.disconnect();
    clearTimeout(this.ticking);
    clearTimeout(this.patience);
  },
  methods: {
    first() { return Object.fromEntries(this.controls.map((each) => [each.name, each.value])); },
    control(name) { return this.controls.find((each) => each.name === name); },
    id(each) { return `live-${this.name}-${each.name}`; },
    part(each) { return `${(100 * (this.values[each.name] - each.low)) / (each.high - each.low || 1)}%`; },
    shown(each) {
      const digits = (String(each.step).split(".")[1] || "").length;
      return Number(this.values[each.name]).toFixed(Math.min(6, digits)).replace("-", "−");
    },
    snapped(each, value) {
      const place = Math.round((Math.min(each.high, Math.max(each.low, value)) - each.low) / each.step);
      return Math.min(each.high, Number((each.low + place * each.step).toFixed(10)));
    },
    slide(each, event) {
      if (this.playing === each.name) this.pause();
      this.set(each.name, Number(event.target.value));
    },
    set(name, value) {
      this.values = { ...this.values, [name]: value };
      this.ask();
    },
    reset() {
      this.pause();
      this.values = this.first();
      this.ask();
    },
    ask() {
      if (this.flight) { this.again = true; return; }
      this.again = false;
      const asked = (this.flight = {});
      clearTimeout(this.patience);
      this.patience = setTimeout(() => { if (this.flight === asked) this.landed(); }, PATIENCE);
      setTimeout(() => { if (this.flight === asked) this.slow = true; }, SLOW);
      this.$emit("moved", { ...this.values });
    },
    connect() {
      if (!window.socket) return setTimeout(this.connect, 10);
      window.socket.on("hondo_picture", this.receive);
      this.watcher.observe(this.$el);
    },
    receive(id, given) {
      if (`c${id}` !== this.$el.id) return;
      this.take(given);
      this.landed();
    },
    landed() {
      this.flight = null;
      this.slow = false;
      if (this.again) this.ask();
      else if (this.waits) { const goes = this.waits; this.waits = null; goes(); }
    },
    take(given) {
      this.error = given.error || "";
      if (!given.svg) return;
      const size = given.svg.match(/viewBox="0 0 ([\d.]+) ([\d.]+)"/);
      if (size) this.size = [Number(size[1]), Number(size[2])];
      this.svg = given.svg;
      this.summary = given.summary;
      this.links = given.links || [];
      this.plot = given.plot;
    },
    play(each) {
      if (this.playing === each.name) return this.pause();
      this.playing = each.name;
      if (this.values[each.name] >= each.high) this.set(each.name, each.low);
      this.tick(each);
    },
    pause() {
      this.playing = "";
      this.waits = null;
      clearTimeout(this.ticking);
    },
    // The next step goes when its time has come and the picture before has been drawn.
    tick(each) {
      clearTimeout(this.ticking);
      this.ticking = setTimeout(() => {
        if (this.playing !== each.name) return;
        if (document.hidden || !this.near) return this.tick(each);
        const go = () => {
          if (this.playing !== each.name) return;
          const next = this.snapped(each, this.values[each.name] + each.step);
          if (next <= this.values[each.name]) return this.pause();
          this.set(each.name, next);
          if (next >= each.high) this.pause();
          else this.tick(each);
        };
        if (this.flight) this.waits = go; else go();
      }, 1000 / each.plays);
    },
    grab(event) {
      if (event.button) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      event.currentTarget.focus({ preventScroll: true });
      this.held = true;
      this.drag(event);
      event.preventDefault();
    },
    release() { this.held = false; },
    drag(event) {
      if (!this.held) return;
      const box = event.currentTarget.getBoundingClientRect(), { x, y } = this.plot, moved = {};
      const across = (event.clientX - box.left) / box.width, down = (event.clientY - box.top) / box.height;
      if (this.axes.x) moved[this.axes.x] = x[0] + across * (x[1] - x[0]);
      if (this.axes.y) moved[this.axes.y] = y[1] - down * (y[1] - y[0]);
      this.move(moved);
    },
    arrow(event) {
      const way = { ArrowLeft: ["x", -1], ArrowRight: ["x", 1], ArrowDown: ["y", -1], ArrowUp: ["y", 1] }[event.key];
      const name = way && this.axes[way[0]];
      if (!name) return;
      event.preventDefault();
      const each = this.control(name);
      this.move({ [name]: this.values[name] + way[1] * each.step * (event.shiftKey ? 10 : 1) });
    },
    move(wanted) {
      const values = { ...this.values };
      for (const [name, value] of Object.entries(wanted)) values[name] = this.snapped(this.control(name), value);
      if (Object.keys(wanted).every((name) => values[name] === this.values[name])) return;
      if (wanted[this.playing] !== undefined) this.pause();
      this.values = values;
      this.ask();
    },
  },
};
