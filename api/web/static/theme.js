// Light, dark, or as the device has it.
const KEY = "cadence.theme";

export const theme = () => localStorage.getItem(KEY) ?? "auto";

export function setTheme(wanted) {
  localStorage.setItem(KEY, wanted);
  apply();
}

export function apply() {
  document.documentElement.dataset.theme = theme();
}
