// The theme, set when the page appears; to change it, the page is loaded anew. `setDark` is NiceGUI's.
export default {
  template: "<i hidden></i>",
  props: { dark: { default: null } },
  mounted() {
    setDark(this.dark);
  },
};
