// Python in a plain text area, as high as its text, with the colours of the guide's code painted behind the letters.
const WORDS = "False|None|True|and|as|assert|async|await|break|class|continue|def|del|elif|else|except|finally|for|from|global|if|import|in|is|lambda|nonlocal|not|or|pass|raise|return|try|while|with|yield";
const KNOWN = "abs|all|any|bool|dict|enumerate|float|format|int|isinstance|len|list|map|max|min|open|print|range|repr|reversed|round|set|sorted|str|sum|super|tuple|type|zip";
const TEXT = String.raw`(?:[rRbBfFuU]{0,2})(?:"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?)`;
const PIECES = new RegExp(String.raw`(#.*)|(${TEXT})|\b(?:(def|class)\s+)(\w+)|\b(${WORDS})\b|\b(${KNOWN})\b(?=\s*\()|(?<![\w.])(\d[\w.]*(?:e[-+]\d+)?)|(@\w[\w.]*)`, "g");
const CLASSES = ["c1", "s2", "k", "nf", "k", "nb", "mi", "nd"];

export default {
  template: `<div class="python" translate="no">
    <pre class="paint" aria-hidden="true" ref="paint"></pre>
    <textarea ref="text" wrap="off" rows="1" spellcheck="false" autocapitalize="off" autocomplete="off" autocorrect="off" :aria-label="label"
      :aria-description="keys" @input="typed" @scroll="follow" @keydown="key" @blur="tell"></textarea>
  </div>`,
  props: { label: String, start: String, keys: String },
  mounted() {
    this.waiting = null;
    this.$refs.text.value = this.start;
    this.paint();
  },
  beforeUnmount() { this.tell(); },
  methods: {
    typed() {
      this.paint();
      clearTimeout(this.waiting);
      this.waiting = setTimeout(this.tell, 400);
    },
    tell() {
      if (this.waiting === null) return;
      clearTimeout(this.waiting);
      this.waiting = null;
      this.$emit("typed", this.$refs.text.value);
    },
    replace(text) {
      clearTimeout(this.waiting);
      this.waiting = null;
      this.$refs.text.value = text;
      this.paint();
    },
    focus() { this.$refs.text.focus(); },
    insert(text) { // so that it can be undone like anything typed
      const area = this.$refs.text;
      if (!document.execCommand("insertText", false, text)) area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
      this.typed();
    },
    key(event) {
      const area = event.target, before = area.value.slice(0, area.selectionStart), line = before.slice(before.lastIndexOf("\n") + 1);
      if (event.isComposing) return;
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey || event.shiftKey)) {
        event.preventDefault();
        this.tell();
        this.$emit("run");
      } else if (event.key === "Enter") {
        const space = line.match(/^\s*/)[0] + (/:\s*(#.*)?$/.test(line) ? "    " : "");
        if (!space) return;
        event.preventDefault();
        this.insert("\n" + space);
      } else if (event.key === "Escape") this.leaving = true;
      else if (event.key === "Tab" && !this.leaving && !event.ctrlKey && !event.altKey) {
        event.preventDefault();
        this.indent(event.shiftKey, line);
      } else if (event.key !== "Shift") this.leaving = false;
      if (event.key === "Backspace" && area.selectionStart === area.selectionEnd && /^( {4})+$/.test(line)) {
        event.preventDefault();
        area.setSelectionRange(area.selectionStart - 4, area.selectionStart);
        document.execCommand("delete") || area.setRangeText("", area.selectionStart, area.selectionEnd, "end");
        this.typed();
      }
    },
    indent(back, line) {
      const area = this.$refs.text, { selectionStart: from, selectionEnd: to, value } = area;
      if (from === to && !back) return this.insert(" ".repeat(4 - (line.length % 4)));
      const first = value.lastIndexOf("\n", from - 1) + 1, end = value.indexOf("\n", Math.max(from, to - 1)), last = end < 0 ? value.length : end;
      const changed = value.slice(first, last).split("\n").map((each) => (back ? each.replace(/^ {1,4}/, "") : each && "    " + each)).join("\n");
      area.setSelectionRange(first, last);
      this.insert(changed);
      area.setSelectionRange(first, first + changed.length);
    },
    follow() { this.$refs.paint.style.transform = `translateX(${-this.$refs.text.scrollLeft}px)`; },
    paint() {
      const text = this.$refs.text.value, painted = document.createDocumentFragment();
      let done = 0;
      const put = (words, kind) => {
        if (!kind) return painted.append(words);
        const piece = document.createElement("span");
        piece.className = kind;
        piece.textContent = words;
        painted.append(piece);
      };
      for (const found of text.matchAll(PIECES)) {
        put(text.slice(done, found.index));
        done = found.index;
        for (let place = 1; place < found.length; place++) {
          if (found[place] === undefined) continue;
          const at = text.indexOf(found[place], done);
          put(text.slice(done, at));
          put(found[place], CLASSES[place - 1]);
          done = at + found[place].length;
        }
      }
      put(text.slice(done) + "\n ");
      this.$refs.paint.replaceChildren(painted);
      this.follow();
    },
  },
};
