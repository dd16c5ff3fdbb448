// YAML in a plain text area: numbers beside the lines, colours behind the letters, marks on wrong lines, a draft kept.
const PIECES = /(#.*$)|("(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?)|([A-Za-z0-9_.<-]+)(?=\s*:(?:\s|$))|(-?\d[\d.]*(?:e[-+]?\d+)?\b|\b(?:true|false|null)\b)/g;
const KINDS = ["comment", "string", "key", "number"];
const MOST_PAINTED = 3000;

export default {
  template: `<div class="yaml" translate="no">
    <div class="numbers" aria-hidden="true" ref="numbers"></div>
    <div class="sheet-of">
      <pre class="paint" aria-hidden="true" ref="paint"></pre>
      <textarea ref="text" wrap="off" spellcheck="false" autocapitalize="off" autocomplete="off" autocorrect="off"
        :aria-label="label" @input="typed" @scroll="follow" @keydown.enter="indent"></textarea>
    </div>
  </div>`,
  props: { label: String, start: String, draft: String },
  data: () => ({ waiting: null }),
  mounted() {
    this.marks = new Map();
    const kept = localStorage.getItem(this.draft);
    const found = kept !== null && kept !== this.start;
    this.$refs.text.value = found ? kept : this.start;
    this.paint();
    this.$emit("typed", { text: this.$refs.text.value, found });
  },
  beforeUnmount() { this.tell(); },
  methods: {
    typed() {
      this.keep();
      this.paint();
      clearTimeout(this.waiting);
      this.waiting = setTimeout(this.tell, 300);
    },
    tell() {
      if (this.waiting === null) return;
      clearTimeout(this.waiting);
      this.waiting = null;
      this.$emit("typed", { text: this.$refs.text.value, found: false });
    },
    keep() {
      try { localStorage.setItem(this.draft, this.$refs.text.value); } catch { /* the browser keeps nothing */ }
    },
    forget() { localStorage.removeItem(this.draft); },
    indent(event) {
      const area = event.target, before = area.value.slice(0, area.selectionStart);
      const line = before.slice(before.lastIndexOf("\n") + 1);
      const deeper = /:\s*(#.*)?$/.test(line) ? "  " : "";
      const space = line.match(/^\s*/)[0] + deeper;
      if (event.isComposing || !space) return;
      event.preventDefault();
      // so that it can be undone like anything typed
      if (!document.execCommand("insertText", false, "\n" + space)) area.setRangeText("\n" + space, area.selectionStart, area.selectionEnd, "end");
      this.typed();
    },
    replace(base, text) {
      const area = this.$refs.text;
      if (area.value !== base) { this.waiting ??= 0; this.tell(); return; }
      let first = 0, last = 0;
      const most = Math.min(base.length, text.length);
      while (first < most && base[first] === text[first]) first++;
      while (last < most - first && base[base.length - 1 - last] === text[text.length - 1 - last]) last++;
      area.setRangeText(text.slice(first, text.length - last), first, base.length - last, "preserve");
      this.keep();
      this.paint();
      this.show(text.slice(0, first).split("\n").length);
    },
    mark(problems) {
      this.marks = new Map(problems);
      this.paint();
    },
    go(line) {
      const area = this.$refs.text, lines = area.value.split("\n");
      const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
      area.focus();
      area.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
      this.show(line);
    },
    show(line) {
      const area = this.$refs.text, height = parseFloat(getComputedStyle(area).lineHeight), y = (line - 1) * height;
      if (y < area.scrollTop || y > area.scrollTop + area.clientHeight - 2 * height) area.scrollTop = y - area.clientHeight / 3;
      this.follow();
    },
    follow() {
      const { scrollTop, scrollLeft } = this.$refs.text;
      this.$refs.paint.style.transform = `translate(${-scrollLeft}px, ${-scrollTop}px)`;
      this.$refs.numbers.scrollTop = scrollTop;
    },
    paint() {
      const lines = this.$refs.text.value.split("\n");
      const numbers = document.createDocumentFragment(), painted = document.createDocumentFragment();
      lines.forEach((line, place) => {
        const number = document.createElement("span"), row = document.createElement("span");
        number.textContent = place + 1;
        const wrong = this.marks?.get(place + 1);
        if (wrong) { number.className = row.className = "wrong"; number.title = wrong; }
        if (lines.length > MOST_PAINTED) row.textContent = line;
        else this.colour(row, line);
        row.append("\n");
        numbers.append(number);
        painted.append(row);
      });
      this.$refs.numbers.replaceChildren(numbers);
      this.$refs.paint.replaceChildren(painted);
      this.follow();
    },
    colour(row, line) {
      let done = 0;
      for (const found of line.matchAll(PIECES)) {
        const kind = KINDS[found.slice(1).findIndex((part) => part !== undefined)];
        if (kind === "comment" && found.index > 0 && !/\s/.test(line[found.index - 1])) continue;
        row.append(line.slice(done, found.index));
        const piece = document.createElement("i");
        piece.className = kind;
        piece.textContent = found[0];
        row.append(piece);
        done = found.index + found[0].length;
      }
      row.append(line.slice(done));
    },
  },
};
