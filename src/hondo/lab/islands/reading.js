// Around a chapter's text: where the reader is, links to anchors that may not be there yet, copying, meanings of terms.
const STAYS = 900, SETTLES = 2000; // milliseconds

export default {
  template: `<div class="reading"><span class="unseen" role="status">{{ said }}</span>
    <div v-if="tip" class="term-tip" role="tooltip" id="term-tip" :style="tip.style">{{ tip.text }}</div></div>`,
  props: { labels: Object },
  data: () => ({ said: "", tip: null }),
  mounted() {
    this.done = new Set();
    this.current = "";
    this.heard = [["hashchange", window, this.follow], ["scroll", window, this.look], ["resize", window, this.look],
      ["click", document, this.click], ["pointerover", document, this.over], ["focusin", document, this.over],
      ["pointerout", document, this.out], ["focusout", document, this.out], ["keydown", document, this.key],
      ["wheel", window, this.free], ["touchstart", window, this.free], ["pointerdown", window, this.free]];
    for (const [name, where, act] of this.heard) where.addEventListener(name, act, { passive: name !== "click", capture: name === "click" });
    this.sizes = new ResizeObserver(() => { this.reach(); this.hold(); });
    const text = document.querySelector(".chapter");
    if (text) this.sizes.observe(text);
    const hash = this.hash();
    if (hash) this.$emit("wanted", hash);
    this.follow();
    this.look();
  },
  beforeUnmount() {
    for (const [name, where, act] of this.heard) where.removeEventListener(name, act, { capture: name === "click" });
    this.sizes.disconnect();
    clearTimeout(this.staying);
  },
  methods: {
    hash() { try { return decodeURIComponent(location.hash.slice(1)); } catch { return ""; } },
    // What an address names is kept in sight while sections above it are still being put in, until the reader moves.
    follow() {
      const name = this.hash();
      this.held = name ? { name, until: Infinity } : null;
      if (name && !document.getElementById(name)) this.$emit("wanted", name);
      this.hold();
    },
    hold() {
      if (!this.held) return this.look();
      const found = document.getElementById(this.held.name);
      if (found) {
        const space = parseFloat(getComputedStyle(found).scrollMarginTop) || 0;
        if (Math.abs(found.getBoundingClientRect().top - space) > 2) found.scrollIntoView({ behavior: "instant" });
      }
      const now = performance.now(), coming = document.querySelector(".part:not([data-ready])");
      if (found && !coming) this.held.until = Math.min(this.held.until, now + SETTLES);
      if (now > this.held.until) this.held = null;
      this.look();
    },
    // A formula that is wider than a phone scrolls, by keyboard as well.
    reach() {
      for (const each of document.querySelectorAll(".formula.display"))
        if (each.scrollWidth > each.clientWidth + 1) each.tabIndex = 0; else each.removeAttribute("tabindex");
    },
    free() { this.held = null; },
    look() {
      if (this.looking) return;
      this.looking = requestAnimationFrame(() => {
        this.looking = null;
        const parts = [...document.querySelectorAll(".part")], line = innerHeight * 0.35;
        let now = parts[0];
        for (const part of parts) if (part.getBoundingClientRect().top <= line) now = part;
        if (!now) return;
        for (const part of parts) {
          const end = part.getBoundingClientRect().bottom, ready = part.dataset.ready === "true";
          if (ready && end <= innerHeight && end > 0 && !this.done.has(part.dataset.anchor)) {
            this.done.add(part.dataset.anchor);
            this.$emit("read", part.dataset.anchor);
            for (const link of document.querySelectorAll(`.rail [data-to="${part.dataset.anchor}"]`)) link.dataset.read = "true";
          }
        }
        this.here(now.dataset.anchor);
      });
    },
    here(anchor) {
      if (anchor === this.current) return;
      this.current = anchor;
      for (const link of document.querySelectorAll(".rail [data-to]")) {
        if (link.dataset.to === anchor) {
          link.setAttribute("aria-current", "true");
          const list = link.closest("ol");
          if (list && list.scrollHeight > list.clientHeight) list.scrollTop = link.offsetTop - list.clientHeight / 2;
        } else link.removeAttribute("aria-current");
      }
      clearTimeout(this.staying);
      this.staying = setTimeout(() => this.$emit("at", anchor), STAYS);
    },
    async click(event) {
      const anchor = event.target.closest?.("a.anchor"), copy = event.target.closest?.("button.copy"), term = event.target.closest?.("a.term");
      const away = event.target.closest?.(".rail a");
      if (away) away.closest("details")?.removeAttribute("open");
      if (anchor) {
        history.replaceState(history.state, "", anchor.getAttribute("href"));
        this.copy(anchor.href, anchor);
        event.preventDefault();
      } else if (copy) {
        const around = copy.closest(".snippet"), area = around.querySelector("textarea");
        this.copy(area ? area.value : around.querySelector("pre code").textContent, copy);
      } else if (term && event.pointerType === "touch" && this.tip?.of !== term) {
        event.preventDefault();
        this.show(term);
      } else if (!event.target.closest?.(".term-tip")) this.tip = null;
    },
    copy(text, from) {
      if (navigator.clipboard) navigator.clipboard.writeText(text).catch(() => {});
      else {
        const area = document.createElement("textarea");
        area.value = text;
        document.body.append(area);
        area.select();
        document.execCommand("copy");
        area.remove();
      }
      this.said = this.labels.copied;
      from.dataset.copied = this.labels.copied;
      setTimeout(() => { delete from.dataset.copied; this.said = ""; }, 1600);
    },
    over(event) {
      const term = event.target.closest?.("a.term");
      if (term && event.pointerType !== "touch") this.show(term);
    },
    out(event) {
      if (this.tip && event.target.closest?.("a.term") === this.tip.of) this.tip = null;
    },
    key(event) {
      if (event.key === "Escape") this.tip = null;
      if (["ArrowDown", "ArrowUp", "PageDown", "PageUp", "Home", "End", " "].includes(event.key)) this.free();
    },
    show(term) {
      if (term.title) {
        term.dataset.means = term.title;
        term.setAttribute("aria-description", term.title);
        term.removeAttribute("title");
      }
      const box = term.getClientRects()[0], width = Math.min(320, innerWidth - 24);
      const left = Math.max(12, Math.min(box.left, innerWidth - width - 12)), low = box.bottom + 140 < innerHeight;
      this.tip = { of: term, text: term.dataset.means, style: { left: `${left}px`, maxWidth: `${width}px`,
        ...(low ? { top: `${box.bottom + 6}px` } : { bottom: `${innerHeight - box.top + 6}px` }) } };
    },
  },
};
