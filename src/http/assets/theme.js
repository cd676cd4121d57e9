// Runs before anything is drawn: the reader's choice of light or dark.
try {
  const theme = localStorage.getItem("jieda-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Without storage the system's choice holds.
}
