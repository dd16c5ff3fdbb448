// The network: a map in each neuron, weights as lines between them, and each layer's gradient below it.
import { css } from "hondo-stage/colour.js";

const GAP = 12, TOP = 10, BARS = 42, LABELS = 52, TALL = 300, LOW = 220;

export function layout(sizes, width, gradients) {
  const most = Math.max(...sizes), columns = sizes.length;
  const node = Math.max(22, Math.min(44, ((width - LABELS - 12) / columns) * 0.62));
  const height = Math.max(width > 440 ? TALL : LOW, most * (node + GAP)) + TOP + (gradients ? BARS : 0);
  const inner = height - TOP - (gradients ? BARS : 0);
  const step = (width - LABELS - node - 10) / Math.max(1, columns - 1);
  const places = sizes.map((count, layer) => Array.from({ length: count }, (_, unit) => ({
    x: LABELS + node / 2 + layer * step, y: TOP + ((unit + 0.5) * inner) / count,
  })));
  return { places, node, height, width, bars: height - BARS + 12, step };
}

export function edge(plan, layer, from, to) {
  const a = plan.places[layer][from], b = plan.places[layer + 1][to];
  return { x: a.x + plan.node / 2, y: a.y, toX: b.x - plan.node / 2, toY: b.y };
}

export function drawNetwork(pen, plan, scene) {
  const { frame, shape, colours, hovered } = scene;
  frame.layers.forEach((each, layer) => {
    for (let from = 0; from < each.inputs; from++)
      for (let to = 0; to < each.units; to++) {
        const active = hovered && hovered.from === from && hovered.layer === layer && hovered.to === to;
        drawEdge(pen, edge(plan, layer, from, to), each.kernel[from * each.units + to], active, colours);
      }
  });
  drawNodes(pen, plan, scene);
  if (frame.gradients) drawGradients(pen, plan, frame.gradients, colours, scene.labels);
}

function drawEdge(pen, { x, y, toX, toY }, weight, active, colours) {
  const size = Math.abs(weight), middle = (x + toX) / 2;
  pen.beginPath();
  pen.moveTo(x, y);
  pen.bezierCurveTo(middle, y, middle, toY, toX, toY);
  pen.lineWidth = Math.min(9, 0.7 + 2.4 * size) + (active ? 2.5 : 0);
  pen.strokeStyle = css(weight < 0 ? colours.low : colours.high, active ? 1 : Math.min(0.95, 0.22 + 0.5 * size));
  pen.stroke();
}

function drawNodes(pen, plan, { frame, shape, colours, hovered, atlas, discrete }) {
  const { side } = shape, last = plan.places.length - 1, { node } = plan;
  paintAtlas(atlas, frame.maps, shape, colours, discrete);
  let number = 0;
  pen.font = "13px system-ui, sans-serif";
  plan.places.forEach((column, layer) => column.forEach(({ x, y }, unit) => {
    const chosen = hovered && hovered.node === number, grown = chosen ? 1.35 : 1, wide = node * grown;
    const left = x - wide / 2, top = y - wide / 2;
    const dead = layer > 0 && layer < last && frame.dead[layer - 1][unit];
    pen.save();
    pen.beginPath();
    pen.roundRect(left, top, wide, wide, 5);
    pen.fillStyle = colours.paper;
    pen.fill();
    pen.clip();
    pen.globalAlpha = dead ? 0.35 : 1;
    pen.drawImage(atlas.canvas, 0, number * side, side, side, left, top, wide, wide);
    pen.restore();
    pen.beginPath();
    pen.roundRect(left, top, wide, wide, 5);
    pen.setLineDash(dead ? [4, 3] : []);
    pen.lineWidth = chosen || dead ? 2 : 1;
    pen.strokeStyle = dead ? colours.signal : chosen ? colours.accent : colours.muted;
    pen.stroke();
    pen.setLineDash([]);
    if (layer > 0) drawBias(pen, left, top + wide, frame.layers[layer - 1].biases[unit], colours);
    if (layer === 0) {
      pen.textAlign = "right";
      pen.fillStyle = colours.muted;
      pen.fillText(shape.inputs[unit], left - 7, y + 4);
    }
    number += 1;
  }));
}

function drawBias(pen, x, y, bias, colours) {
  pen.beginPath();
  pen.roundRect(x - 3, y - 4, 7, 7, 2);
  pen.fillStyle = css(bias < 0 ? colours.low : colours.high, Math.min(1, 0.25 + Math.abs(bias)));
  pen.fill();
  pen.lineWidth = 1;
  pen.strokeStyle = colours.paper;
  pen.stroke();
}

function paintAtlas(atlas, maps, shape, colours, discrete) {
  const { side } = shape, count = side * side, { pixels } = atlas.fit(side, maps.length / side);
  const many = shape.kinds[shape.shown] === "classes", outputs = shape.sizes.at(-1), first = maps.length / count - outputs;
  for (let number = 0; number < maps.length / count; number++) {
    const own = many && number >= first;
    const colour = own ? colours.shares[number - first] : discrete ? colours.steps : colours.signed;
    for (let place = number * count; place < (number + 1) * count; place++) pixels[place] = colour[maps[place]];
  }
  atlas.paint();
}

// Lengths of gradients differ by many powers of ten: a bar shows the power, from 10^-6 to 10.
function drawGradients(pen, plan, gradients, colours, labels) {
  pen.font = "11px system-ui, sans-serif";
  pen.textAlign = "right";
  pen.fillStyle = colours.muted;
  pen.fillText("|∇|", plan.places[0][0].x + plan.node / 2 - 8, plan.bars + 8);
  const room = Math.max(14, Math.min(56, plan.step * 0.8));
  gradients.forEach((norm, layer) => {
    const x = Math.min(plan.places[layer + 1][0].x, plan.width - room / 2 - 2), share = norm === null ? 1 : power(norm);
    pen.fillStyle = colours.faint;
    pen.fillRect(x - room / 2, plan.bars, room, 7);
    pen.fillStyle = norm === null || share < 0.25 ? colours.signal : colours.accent;
    pen.fillRect(x - room / 2, plan.bars, room * share, 7);
    pen.textAlign = "center";
    pen.fillStyle = colours.muted;
    pen.fillText(norm === null ? "∞" : short(norm), x, plan.bars + 21);
  });
}

const power = (norm) => Math.min(1, Math.max(0.02, (Math.log10(Math.max(norm, 1e-9)) + 6) / 7));
const short = (norm) => (norm >= 0.01 && norm < 1000 ? norm.toPrecision(2) : norm ? norm.toExponential(0) : "0");
