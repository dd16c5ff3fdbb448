// Points drawn on the output's map, with a pointer or with the arrow keys and Enter; sent a few at a time.
import { drawDots } from "hondo-stage/plane.js";

const APART = 0.4, EVERY = 150, STEP = 0.3;

export class Drawing {
  constructor(stage) {
    Object.assign(this, { stage, held: false, places: [], sent: [], cursor: null, timer: null });
    for (const name of ["down", "move", "up", "key", "leave"]) this[name] = this[name].bind(this);
  }
  place(event) {
    const box = event.target.getBoundingClientRect(), { reach } = this.stage.shape, at = (share) => Math.min(1, Math.max(0, share));
    return [(at((event.clientX - box.left) / box.width) * 2 - 1) * reach, (1 - at((event.clientY - box.top) / box.height) * 2) * reach];
  }
  down(event) {
    if (!this.stage.drawing || event.button) return;
    event.preventDefault();
    event.target.focus();
    event.target.setPointerCapture(event.pointerId);
    Object.assign(this, { held: true, cursor: null, last: null });
    this.add(this.place(event));
  }
  move(event) {
    if (this.held) this.add(this.place(event));
  }
  up() {
    if (!this.held) return;
    this.held = false;
    this.send();
  }
  leave() {
    this.cursor = null;
    this.stage.paintSoon();
  }
  key(event) {
    if (!this.stage.drawing) return;
    const moves = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] }[event.key];
    if (!moves && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    const { reach } = this.stage.shape;
    this.cursor ||= [0, 0];
    if (moves) this.cursor = this.cursor.map((part, at) => Math.min(reach, Math.max(-reach, part + moves[at])));
    else {
      this.last = null;
      this.add([...this.cursor]);
      this.send();
    }
    this.stage.paintSoon();
  }
  add(place) {
    if (this.last && Math.hypot(place[0] - this.last[0], place[1] - this.last[1]) < APART) return;
    this.last = place;
    this.places.push(place);
    this.timer ||= setTimeout(() => this.send(), EVERY);
    this.stage.paintSoon();
  }
  send() {
    clearTimeout(this.timer);
    this.timer = null;
    if (!this.places.length) return;
    this.stage.$emit("drawn", { places: this.places.map((place) => place.map((part) => Math.round(part * 100) / 100)) });
    this.sent.push(...this.places.map((place) => [...place, this.stage.drawing.value]));
    this.places = [];
  }
  arrived() {
    this.sent = [];
  }
  draw(pen, options) {
    const { value, erase } = this.stage.drawing, { reach, width } = options;
    const shown = [...this.sent, ...this.places.map((place) => [...place, value])];
    if (!erase) drawDots(pen, shown, options);
    if (!this.cursor) return;
    const [x, y] = [((this.cursor[0] + reach) / (2 * reach)) * width, ((reach - this.cursor[1]) / (2 * reach)) * width];
    pen.strokeStyle = options.colours.ink;
    pen.lineWidth = 2;
    pen.beginPath();
    pen.arc(x, y, 8, 0, 7);
    pen.moveTo(x - 12, y);
    pen.lineTo(x + 12, y);
    pen.moveTo(x, y - 12);
    pen.lineTo(x, y + 12);
    pen.stroke();
  }
}
