// What lies over the output's map: points, marked by form as well as colour where there are several classes.
import { css, mix } from "hondo-stage/colour.js";

const round = (count, turn, inner = 1) => Array.from({ length: inner === 1 ? count : 2 * count }, (_, at) => {
  const angle = (2 * Math.PI * at) / (inner === 1 ? count : 2 * count) + turn, far = inner !== 1 && at % 2 ? inner : 1;
  return [Math.sin(angle) * far, -Math.cos(angle) * far];
});
const FORMS = [
  null, round(4, Math.PI / 4), round(3, 0), round(4, 0), round(3, Math.PI), round(4, 0, 0.35), round(4, Math.PI / 4, 0.35),
  round(5, 0, 0.45),
];
export const SIGNS = ["●", "■", "▲", "◆", "▼", "✦", "✖", "★"];

export function drawDots(pen, dots, { kind, reach, width, colours, ring }) {
  const size = kind === "classes" ? 4 : 3.2;
  pen.lineWidth = ring ? 1.6 : 1;
  pen.strokeStyle = ring ? colours.ink : colours.paper;
  for (const [x, y, value] of dots) {
    const left = ((x + reach) / (2 * reach)) * width, top = ((reach - y) / (2 * reach)) * width;
    pen.fillStyle = css(dotColour(value, kind, colours));
    pen.beginPath();
    outline(pen, kind === "classes" ? FORMS[value] : null, left, top, size);
    pen.fill();
    pen.stroke();
  }
}

function dotColour(value, kind, colours) {
  if (kind === "classes") return colours.classes[value];
  return mix(colours.middle, value < 0 ? colours.low : colours.high, Math.min(1, Math.abs(value)));
}

function outline(pen, form, x, y, size) {
  if (!form) return pen.arc(x, y, size, 0, 7);
  form.forEach(([along, down], at) => pen[at ? "lineTo" : "moveTo"](x + along * size * 1.25, y + down * size * 1.25));
  pen.closePath();
}
