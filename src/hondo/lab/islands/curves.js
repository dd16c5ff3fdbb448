// Curves that follow a training: smoothed, on a linear or a logarithmic axis, readable at each point by mouse or keys.
// The server sends at most a thousand points a line; what is drawn of them is decided here, so that nothing waits.
const WIDTH = 520, HEIGHT = 240, LEFT = 48, RIGHT = 16, TOP = 12, BOTTOM = 26;

function smoothed(values, weight) {
  let mean = 0, trust = 0;
  return values.map((value) => {
    if (value === null) return null;
    mean = mean * weight + value * (1 - weight);
    trust = trust * weight + 1 - weight;
    return mean / trust;
  });
}

function ticks(low, high, about) {
  const span = high - low;
  if (!(span > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(span / about));
  const wanted = [1, 2, 2.5, 5, 10].map((factor) => power * factor);
  const step = wanted.reduce((best, each) => (Math.abs(span / each - about) < Math.abs(span / best - about) ? each : best));
  const found = [];
  for (let at = Math.ceil(low / step - 1e-9); at <= Math.floor(high / step + 1e-9); at++) found.push(Number((at * step).toPrecision(12)));
  return found;
}

function decades(low, high) {
  const found = [], factors = high - low > 2 ? [1] : [1, 2, 5];
  for (let power = Math.floor(low) - 1; power <= Math.ceil(high); power++)
    for (const factor of factors) {
      const at = Math.log10(factor) + power;
      if (at >= low && at <= high) found.push(factor * 10 ** power);
    }
  const every = Math.ceil(found.length / 6);
  return found.length > 1 ? found.filter((_, place) => place % every === 0) : ticks(10 ** low, 10 ** high, 4).filter((each) => each > 0);
}

function short(value) {
  const size = Math.abs(value);
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`;
  if (size >= 1e4) return `${Number((value / 1e3).toPrecision(3))}k`;
  return size !== 0 && size < 1e-3 ? value.toExponential(1).replace("e-", "e−").replace(".0e", "e") : String(Number(value.toPrecision(4)));
}

function nearest(places, wanted) {
  let low = 0, high = places.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (places[middle] <= wanted) low = middle;
    else high = middle;
  }
  return Math.abs(places[low] - wanted) <= Math.abs(places[high] - wanted) ? low : high;
}

export default {
  template: `<div class="plots">
    <div class="plot-tools">
      <label class="control"><span>{{ labels.smoothing }} <b>{{ smoothing.toFixed(2) }}</b></span>
        <input type="range" min="0" max="0.98" step="0.02" v-model.number="smoothing" :aria-label="labels.smoothing"></label>
      <button type="button" class="button" :aria-pressed="String(log)" @click="log = !log">{{ labels.log }}</button>
      <div class="pair" role="group" :aria-label="labels.level">
        <button v-for="each in ['epoch', 'step']" type="button" class="button" :aria-pressed="String(data.level === each)"
          @click="$emit('level', each)">{{ labels[each] }}</button></div>
    </div>
    <p v-if="!charts.length" class="empty">{{ labels.nothing }}</p>
    <div class="curves">
      <figure v-for="chart in charts" :key="chart.name" tabindex="0" :aria-label="chart.title" :data-name="chart.name"
        @pointermove="hover($event, chart)" @pointerleave="at = null" @keydown="step($event, chart)"
        @focus="focused = chart.name" @blur="focused = at = null">
        <figcaption><span>{{ chart.title }}</span>
          <span class="key" :aria-live="focused === chart.name ? 'polite' : 'off'"><template v-if="place(chart) !== null">{{ where(chart) }} · </template><span
            v-for="line in chart.lines" :key="line.label" class="reading"><i :class="['swatch', line.kind]"></i>{{ line.label }} {{ reading(chart, line) }}</span></span>
        </figcaption>
        <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" :aria-label="about(chart)">
          <g v-for="tick in chart.up" :key="'y' + tick.text"><line x1="${LEFT}" x2="${WIDTH - RIGHT}" :y1="tick.at" :y2="tick.at" class="grid"/>
            <text x="${LEFT - 7}" :y="tick.at + 4" class="tick end">{{ tick.text }}</text></g>
          <text v-for="tick in chart.across" :key="'x' + tick.text" :x="tick.at" y="${HEIGHT - 8}" class="tick middle">{{ tick.text }}</text>
          <template v-for="line in chart.lines" :key="line.label">
            <path v-if="line.band" :d="line.band" :class="['band', line.kind]"/>
            <path v-if="line.raw" :d="line.raw" :class="['line', 'raw', line.kind]"/>
            <path :d="line.path" :class="['line', line.kind]"/>
            <circle v-for="dot in line.alone" :key="dot[0]" :cx="dot[0]" :cy="dot[1]" r="2.6" :class="['dot', line.kind]"/>
          </template>
          <g v-if="place(chart) !== null">
            <line :x1="crossing(chart)" :x2="crossing(chart)" y1="${TOP}" y2="${HEIGHT - BOTTOM}" class="cross"/>
            <template v-for="line in chart.lines" :key="line.label"><circle v-if="marked(chart, line)" :cx="marked(chart, line)[0]"
              :cy="marked(chart, line)[1]" r="3.4" :class="['dot', line.kind]"/></template>
          </g>
        </svg>
      </figure>
    </div></div>`,
  props: { data: Object, labels: Object },
  data: () => ({ smoothing: 0, log: false, at: null, focused: null }),
  computed: {
    charts() {
      return this.data.charts.map((chart) => this.laidOut(chart)).filter((chart) => chart);
    },
  },
  methods: {
    scaled(value) {
      if (value === null || value === undefined) return null;
      return this.log ? (value > 0 ? Math.log10(value) : null) : value;
    },
    laidOut(chart) {
      const seen = chart.lines.flatMap((line) => [...line.y, ...line.low, ...line.high]).map(this.scaled).filter((value) => value !== null);
      if (!seen.length) return null;
      let low = Infinity, high = -Infinity;
      for (const value of seen) [low, high] = [Math.min(low, value), Math.max(high, value)];
      const room = 0.06 * (high - low) || 0.5 * (this.log ? 0.4 : Math.abs(high) || 1);
      [low, high] = [low - room, high + room];
      const first = Math.min(...chart.lines.map((line) => line.x[0] ?? 1));
      const last = Math.max(first + 1, this.data.last, ...chart.lines.map((line) => line.x[line.x.length - 1] ?? 1));
      const across = (x) => LEFT + ((x - first) / (last - first)) * (WIDTH - RIGHT - LEFT);
      const up = (y) => HEIGHT - BOTTOM - ((y - low) / (high - low)) * (HEIGHT - BOTTOM - TOP);
      const values = this.log ? decades(low, high) : ticks(low, high, 4);
      const whole = ticks(first, last, 6).filter((each) => each === Math.round(each));
      return {
        ...chart, acrossOf: across, upOf: up, first, last,
        up: values.map((each) => ({ text: short(each), at: Number(up(this.scaled(each)).toFixed(1)) })),
        across: (whole.length ? whole : [first]).map((each) => ({ text: short(each), at: Number(across(each).toFixed(1)) })),
        lines: chart.lines.map((line) => this.drawn(line, across, up)),
      };
    },
    drawn(line, across, up) {
      const shown = this.smoothing > 0 ? smoothed(line.y, this.smoothing) : line.y;
      const points = (values) => values.map((value, place) => {
        const y = this.scaled(value);
        return y === null ? null : [across(line.x[place]).toFixed(1), up(y).toFixed(1)];
      });
      const path = (made) => made.map((point, place) => (point ? `${place && made[place - 1] ? "L" : "M"}${point}` : "")).join("");
      const main = points(shown);
      const alone = main.filter((point, place) => point && !main[place - 1] && !main[place + 1]);
      const [bottom, top] = [points(line.low), points(line.high)];
      const full = top.filter((point, place) => point && bottom[place]);
      const band = full.length > 1 ? `M${full.join("L")}L${bottom.filter((point, place) => point && top[place]).reverse().join("L")}Z` : "";
      return { ...line, shown, alone, band, path: path(main), raw: this.smoothing > 0 ? path(points(line.y)) : "" };
    },
    hover(event, chart) {
      if (event.pointerType === "touch" && !event.isPrimary) return;
      const box = event.currentTarget.querySelector("svg").getBoundingClientRect();
      const x = ((event.clientX - box.left) * WIDTH) / box.width;
      const share = Math.min(1, Math.max(0, (x - LEFT) / (WIDTH - RIGHT - LEFT)));
      const places = chart.lines[0].x;
      this.at = places[nearest(places, chart.first + share * (chart.last - chart.first))];
    },
    step(event, chart) {
      const places = chart.lines[0].x, here = this.at === null ? places.length : nearest(places, this.at);
      const to = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: places.length - 1, PageUp: here - 10, PageDown: here + 10 }[event.key];
      if (event.key === "Escape") this.at = null;
      if (to === undefined) return;
      event.preventDefault();
      this.at = places[Math.min(places.length - 1, Math.max(0, to))];
    },
    place(chart) {
      return this.at === null || this.at > chart.last || this.at < chart.first ? null : this.at;
    },
    where(chart) {
      return `${this.labels[`at_${this.data.level}`]} ${this.at.toLocaleString(document.documentElement.lang)}`;
    },
    crossing(chart) {
      return chart.acrossOf(this.at).toFixed(1);
    },
    reading(chart, line) {
      const place = this.place(chart) === null ? line.y.length - 1 : nearest(line.x, this.at);
      const value = line.y[place], calm = line.shown[place];
      if (value === null || value === undefined) return this.labels.none;
      return this.smoothing > 0 ? `${Number(value.toPrecision(4))} (${Number(calm.toPrecision(4))})` : String(Number(value.toPrecision(4)));
    },
    marked(chart, line) {
      const place = nearest(line.x, this.at), y = this.scaled(line.shown[place]);
      return y === null ? null : [chart.acrossOf(line.x[place]).toFixed(1), chart.upOf(y).toFixed(1)];
    },
    about(chart) {
      return `${chart.title}: ${chart.lines.map((line) => `${line.label} ${this.reading(chart, line)}`).join(", ")}`;
    },
  },
};
