// A place for a file: dropped, chosen or pasted. It goes to the page's own address, not through the page's messages,
// because those may not be as large as a photograph.
export default {
  template: `<label class="file-place" :class="{ over }" @dragover.prevent="over = true" @dragleave="over = false" @drop.prevent="drop" @paste="paste">
    <input ref="file" type="file" :accept="accept" :aria-label="label" @change="send($refs.file.files[0])">
    <span class="file-place-words">{{ busy ? labels.busy : label }}</span><span v-if="hint" class="hint">{{ hint }}</span></label>`,
  props: { label: String, hint: String, accept: String, address: String, largest: Number, labels: Object },
  data: () => ({ over: false, busy: false }),
  methods: {
    drop(event) {
      this.over = false;
      this.send(event.dataTransfer.files[0]);
    },
    paste(event) {
      this.send([...event.clipboardData.files][0]);
    },
    async send(file) {
      if (!file || this.busy) return;
      this.$refs.file.value = "";
      if (file.size > this.largest) return this.$emit("refused", this.labels.large);
      const form = new FormData();
      form.append("file", file);
      this.busy = true;
      try {
        const answer = await fetch(this.address, { method: "POST", body: form });
        if (!answer.ok) this.$emit("refused", answer.status === 413 ? this.labels.large : this.labels.failed);
      } catch {
        this.$emit("refused", this.labels.failed);
      } finally {
        this.busy = false;
      }
    },
  },
};
