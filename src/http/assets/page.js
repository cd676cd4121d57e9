// What our own pages add when a browser runs scripts: copying links, choosing a theme.

for (const control of document.querySelectorAll("[data-script-only]")) control.hidden = false;
