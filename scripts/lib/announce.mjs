// What `npm start` says once everything runs.

const LONGEST = 10 // skipped files that are named

/** seeded: { made, skipped: { file, code }[] }, or null when this state was seeded before. */
function examples(folder, seeded) {
  if (seeded === null) return []
  const { made, skipped } = seeded
  if (made + skipped.length === 0) return [`  the workspace starts empty: ${folder} holds no .py notebook`]
  const more = skipped.length > LONGEST ? [`    and ${skipped.length - LONGEST} more, named in the gateway's log`] : []
  return [
    `  ${made} example notebooks from ${folder}${skipped.length > 0 ? `; ${skipped.length} skipped:` : ''}`,
    ...skipped.slice(0, LONGEST).map(({ file, code }) => `    ${file}: ${code}`),
    ...more,
  ]
}

function whoMayEnter({ level }, insecure) {
  if (level >= 2) return []
  return [
    insecure ? '  ! several people may sign in although their kernels are not isolated' : '  one person at a time may sign in',
    `  ! managed tables, the library and language models are off in notebooks: they need level 2. Put right what is said above and start again${
      insecure ? '; --insecure-shared-kernels does not switch them on' : ''
    }`,
  ]
}

export function announcement({ port, home, insecure, examples: folder }, { isolation, versions }, seeded) {
  return [
    '',
    `Scrydon Notebooks ${versions.scrydon} is at http://localhost:${port}`,
    `  marimo ${versions.marimo}, Python ${versions.python}, Node ${versions.node}; state in ${home}`,
    ...examples(folder, seeded),
    `  isolation level ${isolation.level} of 3${isolation.level === 3 ? ', proven at start' : ''}`,
    ...isolation.why.map((why) => `    ${why}`),
    ...whoMayEnter(isolation, insecure),
    '  Ctrl+C stops it.',
  ]
}
