// What is chosen on this device for this device.
const chosen = (key, otherwise) => ({
  get: () => (localStorage.getItem(key) ?? otherwise) === "yes",
  set: (wanted) => localStorage.setItem(key, wanted ? "yes" : "no"),
});

/** Whether answers to what was spoken are read aloud. */
export const aloud = chosen("cadence.aloud", "yes");
/** Whether what was heard is to be read, and put right, before it is sent. */
export const check = chosen("cadence.check", "no");
