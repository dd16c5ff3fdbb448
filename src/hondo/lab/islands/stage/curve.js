// Losses over the steps: kept as they come, thinned when there are many, drawn with the present step marked.
const MOST = 900;

export class Curves {
  constructor() {
    this.lines = [];
  }
  begin(curves) {
    this.lines = curves.map(({ steps, train, test }) => steps.map((step, at) => [step, train[at], test[at]]));
  }
  add(step, scores) {
    this.lines.forEach((line, number) => {
      if (line.length && step <= line.at(-1)[0]) return;
      line.push([step, scores[number][0], scores[number][1]]);
      if (line.length > MOST) this.lines[number] = line.filter((_, at) => at % 2 === 0 || at === line.length - 1);
    });
  }
  draw(pen, width, height, { step, furthest, first, colours }) {
    const values = this.lines.flat().flatMap((point) => [point[1], point[2]]).filter((each) => each !== null);
    if (!values.length) return;
    const high = Math.max(...values, 1e-9), span = Math.max(1, furthest - first);
    const across = (at) => 1 + ((at - first) / span) * (width - 2), down = (value) => height - 2 - (value / high) * (height - 8);
    pen.strokeStyle = colours.faint;
    pen.lineWidth = 1;
    for (const share of [0, 0.5, 1]) {
      pen.beginPath();
      pen.moveTo(0, down(share * high));
      pen.lineTo(width, down(share * high));
      pen.stroke();
    }
    this.lines.forEach((line, number) => [2, 1].forEach((which) => {
      pen.beginPath();
      let drawn = false;
      for (const point of line) {
        if (point[which] === null || point[0] > furthest) continue;
        pen[drawn ? "lineTo" : "moveTo"](across(point[0]), down(point[which]));
        drawn = true;
      }
      pen.setLineDash(which === 2 ? [4, 3] : []);
      pen.lineWidth = which === 2 ? 1.4 : 2;
      pen.strokeStyle = number ? colours.signal : colours.accent;
      pen.stroke();
      pen.setLineDash([]);
    }));
    pen.fillStyle = colours.muted;
    pen.font = "11px system-ui, sans-serif";
    pen.textAlign = "right";
    pen.fillText(high < 0.01 || high >= 1000 ? high.toExponential(1) : high.toPrecision(2), width - 2, 18);
    if (step < furthest) {
      pen.fillStyle = colours.ink;
      pen.fillRect(across(step) - 0.5, 0, 1, height);
    }
  }
}
