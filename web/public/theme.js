// Runs before the first paint, outside the bundle: without it a dark-theme reader sees a white flash.
;(() => {
  let theme = null
  try {
    theme = localStorage.getItem('scrydon.theme')
  } catch {
    // Storage may be refused; the system's theme is then used.
  }
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
})()
