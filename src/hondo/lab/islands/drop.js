// Uploads with progress: a file in one request, a folder of pictures in portions that the lab puts together again.
const PORTION = 12 * 2 ** 20, FILES = 150;

const suffix = (name) => (name.match(/\.[^./]+$/) ?? [""])[0].toLowerCase();
const plain = (name) => name.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").replace(/[^A-Za-z0-9._-]+/g, "-")
  .replace(/\.{2,}/g, ".").replace(/^[^A-Za-z0-9]+/, "").slice(-90).replace(/^[^A-Za-z0-9]+/, "");
const named = (name, fallback, end) => (plain(name.slice(0, name.length - end.length)).replace(/[.-]+$/, "") || fallback) + end;

class Refusal extends Error {
  constructor(message, hint) { super(message); this.hint = hint; }
}

export default {
  template: `<section class="drop" :class="{ over }" :aria-label="labels.title"
      @dragover.prevent="over = !busy" @dragleave="over = false" @drop.prevent="dropped">
    <div v-if="!busy" class="choose">
      <div><strong>{{ labels.title }}</strong><p>{{ labels.about }}</p></div>
      <div class="buttons">
        <button type="button" class="button" @click="$refs.file.click()">{{ labels.file }}</button>
        <button type="button" class="button" @click="$refs.folder.click()">{{ labels.folder }}</button>
        <span class="or">{{ labels.drop }}</span>
      </div>
      <input ref="file" type="file" hidden :accept="limits.suffixes.join()" @change="chosen" />
      <input ref="folder" type="file" hidden webkitdirectory multiple @change="chosenFolder" />
    </div>
    <div v-else class="sending">
      <div><strong>{{ name }}</strong> <span>{{ share < 1 ? labels.sending + " " + percent : labels.checking }}</span></div>
      <div class="bar" role="progressbar" aria-valuemin="0" aria-valuemax="100" :aria-valuenow="Math.round(100 * share)"
        :aria-label="labels.sending"><div :style="{ width: percent }"></div></div>
      <button type="button" class="button quiet" :disabled="share >= 1" @click="cancel">{{ labels.cancel }}</button>
    </div>
    <p v-if="fault" class="message bad" role="alert">{{ fault.message }}<span v-if="fault.hint" class="hint">{{ fault.hint }}</span></p>
  </section>`,
  props: { labels: Object, limits: Object },
  data: () => ({ over: false, busy: false, name: "", share: 0, fault: null }),
  computed: { percent() { return Math.round(100 * this.share) + "%"; } },
  unmounted() { this.request?.abort(); },
  methods: {
    say(key, name) { return new Refusal(this.labels[key].replace("{name}", name), this.labels[key + "Hint"]); },
    chosen(event) {
      const file = event.target.files[0];
      event.target.value = "";
      if (file) this.begin(file.name, () => this.sendFile(file));
    },
    chosenFolder(event) {
      const files = [...event.target.files].map((file) => [file.webkitRelativePath, file]);
      event.target.value = "";
      if (files.length) this.begin(files[0][0].split("/")[0], () => this.sendFolder(files[0][0].split("/")[0], files));
    },
    async dropped(event) {
      this.over = false;
      if (this.busy) return;
      const entry = event.dataTransfer.items[0]?.webkitGetAsEntry?.();
      const file = event.dataTransfer.files[0];
      if (entry?.isDirectory) this.begin(entry.name, async () => this.sendFolder(entry.name, await this.walk(entry, entry.name)));
      else if (file) this.begin(file.name, () => this.sendFile(file));
    },
    async walk(folder, path) {
      const reader = folder.createReader(), found = [];
      for (;;) {
        const entries = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
        if (!entries.length) return found;
        for (const entry of entries) {
          const below = path + "/" + entry.name;
          if (entry.isDirectory) found.push(...await this.walk(entry, below));
          else found.push([below, await new Promise((resolve, reject) => entry.file(resolve, reject))]);
        }
      }
    },
    async begin(name, send) {
      Object.assign(this, { busy: true, name, share: 0, fault: null, stopped: false });
      try {
        this.$emit("done", (await send()).name);
      } catch (error) {
        this.busy = false;
        this.fault = error instanceof Refusal ? { message: error.message, hint: error.hint }
          : { message: this.labels.lost, hint: this.labels.lostHint };
      }
    },
    cancel() {
      this.stopped = true;
      this.request?.abort();
    },
    ask(method, address, body, progress) {
      return new Promise((resolve, reject) => {
        if (this.stopped) { reject(new Refusal(this.labels.cancelled)); return; }
        const request = this.request = new XMLHttpRequest();
        request.open(method, address);
        request.upload.onprogress = (event) => progress?.(event.loaded);
        request.onload = () => {
          let answer = {};
          try { answer = JSON.parse(request.responseText || "{}"); } catch { /* no answer of the lab's */ }
          if (request.status < 300) resolve(answer);
          else if (answer.message) reject(new Refusal(answer.message, answer.hint));
          else reject(new Error(String(request.status)));
        };
        request.onerror = () => reject(new Error("lost"));
        request.onabort = () => reject(new Refusal(this.labels.cancelled));
        if (typeof body === "string") request.setRequestHeader("content-type", "application/json");
        request.send(body);
      });
    },
    async sendFile(file) {
      const end = suffix(file.name);
      if (!this.limits.suffixes.includes(end)) throw this.say("kind", file.name);
      if (file.size > this.limits.file) throw this.say("large", file.name);
      const form = new FormData();
      form.append("file", file, named(file.name, "data", end));
      return this.ask("POST", "/api/uploads?readable=true", form, (sent) => { this.share = Math.min(1, sent / file.size); });
    },
    async sendFolder(name, all) {
      const visible = (path) => !path.split("/").some((part) => part.startsWith("."));
      const files = all.filter(([path]) => this.limits.pictures.includes(suffix(path)) && visible(path));
      if (!files.length) throw this.say("empty", name);
      const large = files.find(([, file]) => file.size > this.limits.file);
      if (large) throw this.say("large", large[0]);
      const total = files.reduce((sum, [, file]) => sum + file.size, 0);
      const announced = { name: named(name, "pictures", ""), files: files.length, bytes: total };
      const { key } = await this.ask("POST", "/api/uploads/folders", JSON.stringify(announced));
      const place = "/api/uploads/folders/" + key;
      try {
        let sent = 0;
        for (let first = 0; first < files.length;) {
          const form = new FormData();
          let size = 0, count = 0;
          while (first < files.length && count < FILES && (!count || size + files[first][1].size <= PORTION)) {
            const [path, file] = files[first++];
            form.append("files", file, path);
            size += file.size;
            count += 1;
          }
          await this.ask("POST", place, form, (loaded) => { this.share = Math.min(1, (sent + Math.min(size, loaded)) / total); });
          sent += size;
        }
        this.share = 1;
        return await this.ask("POST", place + "/finish");
      } catch (error) {
        fetch(place, { method: "DELETE" }).catch(() => {});
        throw error;
      }
    },
  },
};
