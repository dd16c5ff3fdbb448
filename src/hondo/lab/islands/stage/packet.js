// Reads what frames.py packed: a header and arrays that lie in the message as they are.
export function unpack(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  let place = 4 + length;
  header.arrays = header.arrays.map(([kind, size]) => {
    const found = kind === "f" ? new Float32Array(buffer, place, size) : new Uint8Array(buffer, place, size);
    place += Math.ceil(found.byteLength / 4) * 4;
    return found;
  });
  return header;
}

// Weights as they lie one after the other: each layer's kernel, row by row, then its biases.
export function layers(weights, sizes) {
  let place = 0;
  return sizes.slice(1).map((units, layer) => {
    const inputs = sizes[layer], kernel = weights.subarray(place, place + inputs * units);
    place += inputs * units;
    const biases = weights.subarray(place, place + units);
    place += units;
    return { inputs, units, kernel, biases };
  });
}
