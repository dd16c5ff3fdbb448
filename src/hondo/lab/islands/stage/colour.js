// Colours of the page as the canvases need them, and pictures of bytes in these colours.
const CLASSES = 8;

export function readColours() {
  const style = getComputedStyle(document.body), read = (name) => style.getPropertyValue(name).trim();
  const parse = (text) => [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16));
  const middle = parse(read("--middle")), low = parse(read("--negative")), high = parse(read("--accent-map"));
  const classes = Array.from({ length: CLASSES }, (_, number) => parse(read(`--class-${number}`)));
  return {
    ink: read("--ink"), muted: read("--muted"), faint: read("--faint"), accent: read("--accent"), paper: read("--paper"),
    signal: read("--signal"), raised: read("--raised"), middle, low, high, classes,
    signed: table((byte) => (byte < 127.5 ? mix(middle, low, 1 - byte / 127.5) : mix(middle, high, byte / 127.5 - 1))),
    steps: table((byte) => (byte < 127.5 ? low : high)),
    shares: classes.map((end) => table((byte) => mix(middle, end, byte / 255))),
    sure: classes.map((end) => table((byte) => mix(middle, end, 0.25 + (0.75 * byte) / 255))),
  };
}

export function mix(from, to, share) {
  return from.map((part, channel) => Math.round(part + (to[channel] - part) * share));
}

export const css = (colour, alpha = 1) => `rgba(${colour.join(",")},${alpha})`;

function table(colour) {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    const [red, green, blue] = colour(byte);
    return (255 << 24) | (blue << 16) | (green << 8) | red;
  });
}

// A canvas of so many pixels that keeps its memory from frame to frame.
export class Picture {
  fit(width, height) {
    if (this.width !== width || this.height !== height) {
      Object.assign(this, { width, height, canvas: new OffscreenCanvas(width, height) });
      this.pen = this.canvas.getContext("2d");
      this.image = new ImageData(width, height);
      this.pixels = new Uint32Array(this.image.data.buffer);
    }
    return this;
  }
  paint() {
    this.pen.putImageData(this.image, 0, 0);
    return this.canvas;
  }
}

// The output over the plane: bytes of one number, or numbers of classes and then how sure each is.
export function plane(picture, bytes, side, kind, colours, discrete) {
  const { pixels } = picture.fit(side, side), count = side * side;
  if (kind === "classes")
    for (let place = 0; place < count; place++)
      pixels[place] = discrete ? colours.shares[bytes[place]][255] : colours.sure[bytes[place]][bytes[count + place]];
  else {
    const colour = discrete ? colours.steps : colours.signed;
    for (let place = 0; place < count; place++) pixels[place] = colour[bytes[place]];
  }
  return picture.paint();
}
