// What the library in a kernel is told when it may not: a stable code and one sentence, with whom to ask. {x} is a name or a count,
// never a value of data. What is hidden and what there is not are told alike.
import type { Refusal } from '../policy/decide.ts'

export const REFUSALS = {
  'table-absent': 'There is no table “{table}” for you. Ask {contact} if there should be.',
  'table-ungranted': 'You may not read “{table}”. Ask {owner}, who owns it, for a grant.',
  'table-clearance': '“{table}” is classified above your clearance. Ask {owner}, who owns it.',
  'table-policy': 'A rule of “{table}” cannot be judged for you, so it stays closed. Ask {owner}, who owns it.',
  'column-absent': '“{table}” has no column “{column}” for you.',
  'bad-question': 'This cannot be asked of “{table}”: {detail}.',
  'too-large':
    '“{table}” would give {rows} rows, about {size}; a read without a limit may give {limit}. Name fewer columns, narrow it with where, or set limit.',
  'read-often':
    'You have read very often in a short time, so “{table}” was not read. Wait {seconds} seconds; read once, and keep what you have read.',
  readers:
    'Who reads a notebook changes nothing from it, so {call}{of} was refused. Ask its author to share it with you for editing.',
  untrusted:
    'This notebook holds somebody else’s change that you have not trusted yet, so {call}{of} was refused. Read the change, then press “Trust this version” above the notebook.',
  preview: 'A preview only reads, so {call}{of} was refused. Go back to the notebook to run it as yourself.',
  'write-ungranted': 'You may not write to “{table}”. Ask {owner}, who owns it, for a grant.',
  'create-ungranted': 'You may not make tables in this workspace, so “{table}” was not made. Ask {contact} for a grant.',
  'write-label':
    '“{table}” may not hold what this kernel has read: it counts as {target}, the kernel as {label}. Restart the kernel and read less before you write, or ask {owner}.',
  'write-masked': 'Column “{column}” of “{table}” is masked for you, so you may not write it. Leave it out, or ask {owner}.',
  'replace-masked':
    'You do not see all of “{table}” as it is, so you may not replace its rows: what you do not see would be lost. Append to it, or ask {owner}.',
  'write-schema': 'This does not fit “{table}”: {detail}. Its owner is {owner}.',
  'table-taken':
    'You have a table “{table}”. Change it with mode="replace" or mode="append", or take another name; {contact} may help.',
  'write-outside':
    'Some of these rows of “{table}” would not be yours, so none was written. Ask {owner} which rows you may write.',
  'write-engine':
    'The database of this server lets notebooks only read there, so “{table}” was not written. Ask {contact} how rows come there.',
  'write-conflict': 'Rows of “{table}” may not be alike, and some would have been, so none was written. Ask {owner}.',
  'write-unfit':
    'The database of “{table}” cannot hold this: a value is too large for its column, or a name is longer than 63 bytes. Nothing was written; {contact} may help.',
  'write-value':
    'Column “{column}” has a value that “{table}” cannot hold, so nothing was written: text is without NUL, years are 1 to 9999. Ask {owner} if it should.',
  'write-large':
    'One write to “{table}” may hold {rows} rows and {size}; nothing of this one was written. Write it in parts, or ask {contact}.',
  'write-late': 'The write to “{table}” took longer than one may, and nothing was written. Write it in parts, or ask {contact}.',
  'write-revoked':
    'What you may write to “{table}” changed meanwhile, and nothing was written. Run the cell again, or ask {owner}.',
  'write-busy':
    'Other writes are under way, so “{table}” was not written. Run the cell again in a moment; {contact} may help if it goes on.',
  'write-cut':
    'The write to “{table}” was cut before it was done, and nothing was written. Run the cell again, or ask {contact}.',
  'write-failed':
    'The write to “{table}” failed on the server, and nothing was written. If it fails again, tell {contact} when it did.',
  'library-members': 'The library is for members of this workspace. Ask {contact} to make you one.',
  'artefact-members': 'Artefacts are for members of this workspace, so “{name}” was not saved. Ask {contact} to make you one.',
  'artefact-busy':
    'Other things are being saved, so “{name}” was not. Run the cell again in a moment; {contact} may help if it goes on.',
  'artefact-large': '“{name}” is larger than an artefact may be, {size}, and was not saved. Save less, or in parts.',
  'artefact-rows': '“{name}” has more rows than an artefact may have, {rows}, and was not saved. Save it in parts.',
  'artefact-pixels':
    '“{name}” has more pixels than a picture may have, {pixels}, and was not saved. Make it smaller, with a smaller figsize or dpi.',
  'artefact-shape': 'What was handed over for “{name}” is not what was announced, so it was not saved. Ask {contact}.',
  'artefact-value':
    'A column of “{name}” has a value that cannot be kept, so it was not saved: text is without NUL, years are 1 to 9999.',
  'artefact-many':
    'You have {limit} artefacts, and may not have more, so “{name}” was not saved. Remove some on the page of artefacts.',
  'artefact-full':
    'Your artefacts may take {size} together, so “{name}” was not saved. Remove some on the page of artefacts, or ask {contact}.',
  'artefact-workspace-full':
    'The artefacts of this workspace may take {size} together, so “{name}” was not saved. Ask {contact}.',
  'artefact-disk': 'The disk of the server is nearly full, so “{name}” was not saved. Tell {contact}.',
  'artefact-revoked': 'Policies changed while “{name}” was saved, so it was not. Run the cell again.',
  'artefact-late': 'Handing “{name}” over took longer than it may, so it was not saved. Run the cell again.',
  'artefact-cut': 'The save of “{name}” was cut before it was done, and nothing was kept. Run the cell again.',
  'artefact-failed':
    'The save of “{name}” failed on the server, and nothing was kept. If it fails again, tell {contact} when it did.',
  'llm-off':
    'No language model is set up on this server. Its operator can set CORTEX_URL and CORTEX_MODELS (docs/operations.md, Language models).',
  'llm-absent': 'There is no model “{model}”. llm.models() lists those that you may use here; ask {contact} for another.',
  'llm-closed': 'The model “{model}” is closed here. Use one that llm.models() lists, or ask {contact}.',
  'llm-readers':
    'The model “{model}” is not open to readers. Run the notebook as its editor, use one that llm.models() lists, or ask {contact}.',
  'llm-label':
    'The model “{model}” may get data up to {most}, and this kernel, with the workspace’s label and all that it has read, counts as {label}. Use one that llm.models() lists, ask before you read (in a kernel that was restarted), or ask {contact}.',
  'llm-tokens': 'The model “{model}” answers with at most {limit} tokens. Set max_tokens to that or less, or ask {contact}.',
  'llm-quota':
    'The model “{model}” may take {wanted} tokens for this, and {left} of your {limit} of today (UTC) are left. Shorten the prompt, set max_tokens lower, wait until tomorrow, or ask {contact}.',
  'llm-share':
    'The model “{model}” may take {wanted} tokens for this, and {left} of your {limit} of it of today (UTC) are left. Use another that llm.models() lists, wait until tomorrow, or ask {contact}.',
  'llm-running':
    'This kernel waits for {limit} answers already, so “{model}” was not asked. Read them to their end first, or close them; ask {contact} if that is too few.',
  'llm-gone':
    'This answer is not kept any more: nobody asked for more of it for a minute, it was closed, or the server was restarted. Ask the model again.',
  'llm-withdrawn': 'The model “{model}” was closed to this kernel while it answered, so the answer ends here. Ask {contact}.',
  'llm-place': 'This is not a place in the answer from which it goes on.',
  'llm-unreachable': 'The model “{model}” cannot be reached at the moment. Try again later, or tell {contact}.',
  'llm-silent': 'The model “{model}” did not answer in time. Try again, ask for less, or tell {contact}.',
  'llm-unauthorised': 'The endpoint of the model “{model}” does not accept this server’s key. Tell {contact}.',
  'llm-unknown': 'The endpoint of the model “{model}” does not know it. Tell {contact}.',
  'llm-busy': 'The endpoint of the model “{model}” is busy. Try again in a minute, or tell {contact}.',
  'llm-rejected': 'The model “{model}” does not take this prompt; it may be too long for it. Shorten it, or ask {contact}.',
  'llm-failed': 'The endpoint of the model “{model}” failed. Try again, or tell {contact}.',
  'llm-redirected': 'The endpoint of the model “{model}” is at another address than the one that is set up. Tell {contact}.',
  'llm-garbled': 'What the endpoint of the model “{model}” answered was not understood. Tell {contact}.',
  'llm-cut': 'The answer of the model “{model}” broke off. Ask it again, or tell {contact}.',
  'llm-too-long':
    'The answer of the model “{model}” was longer than {limit} characters and was stopped. Ask for less, or ask {contact}.',
  'llm-broken': 'The model “{model}” cannot be asked at the moment. Try again in a few seconds, or tell {contact}.',
  'inference-off':
    'No deployed model is served here. Its operator can set INFERENCE_URL and INFERENCE_MODELS (docs/operations.md, Deployed models).',
  'inference-absent':
    'There is no deployed model “{model}”. inference.models() lists those that you may use here; ask {contact} for another.',
  'inference-closed': 'The model “{model}” is closed. Use one that inference.models() lists, or ask {contact}.',
  'inference-ungranted': 'The model “{model}” is not open to you. Use one that inference.models() lists, or ask {contact}.',
  'inference-readers':
    'The model “{model}” is not open to readers. Run the notebook as its editor, use one that inference.models() lists, or ask {contact}.',
  'inference-label':
    'The model “{model}” may get data up to {most}, and what this kernel has read counts as {label}. Use one that inference.models() lists, predict before you read more (in a kernel that was restarted), or ask {contact}.',
  'inference-clearance':
    'What the model “{model}” says counts as {most}, which is above your clearance. Use one that inference.models() lists, or ask {contact}.',
  'inference-inputs':
    'This does not fit the model “{model}”: {detail}. Its inputs are in inference.models(); {contact} may help.',
  'inference-rate':
    'You asked deployed models for many batches in a short time, so “{model}” was not asked. Try again in {seconds} s, predict with larger batches, or ask {contact}.',
  'inference-unreachable': 'The model “{model}” cannot be reached at the moment. Try again later, or tell {contact}.',
  'inference-silent':
    'The model “{model}” did not answer within {limit} s. Predict with smaller batches (batch=…), try again, or tell {contact}.',
  'inference-unauthorised': 'The server of the model “{model}” does not accept this server’s key. Tell {contact}.',
  'inference-unknown': 'The model “{model}” is not there any more, or its server does not know it. Tell {contact}.',
  'inference-busy': 'Deployed models are busy, so “{model}” was not asked. Try again in a moment, or tell {contact}.',
  'inference-rejected':
    'The model “{model}” does not take these rows. Look at its inputs in inference.models(), or ask {contact}.',
  'inference-failed': 'The model “{model}” failed. Try again, predict with smaller batches (batch=…), or tell {contact}.',
  'inference-redirected': 'The server of the model “{model}” is at another address than the one that is set up. Tell {contact}.',
  'inference-garbled': 'What the model “{model}” answered was not understood. Tell {contact}.',
  'inference-too-long':
    'What the model “{model}” answered was too long for one batch. Predict with smaller batches (batch=…), or ask {contact}.',
  'inference-unusable':
    'The model “{model}” cannot be used: its file, or what its server says of it, does not fit how it is described. Tell {contact}.',
  'inference-broken': 'The model “{model}” cannot be asked at the moment. Try again in a few seconds, or tell {contact}.',
  'not-a-call': 'This version of the library asks for something that this server does not offer.',
  'not-here': 'Governed data is not available in this kernel: kernels are not isolated on this machine.',
  unavailable: 'Governed data cannot be reached at the moment. Try again in a few seconds.',
} as const

/** Why somebody else would not see a table, for who makes its rules. */
export const THEIRS: Record<Refusal, string> = {
  absent: 'They read no table: they are not a member of this workspace.',
  ungranted: 'No grant of this table is theirs.',
  clearance: 'The table is classified above their clearance.',
  policy: 'A rule cannot be judged for them: it compares with an attribute that they do not have exactly once.',
}

export type RefusalCode = keyof typeof REFUSALS
export type Filling = Readonly<Record<string, string>>

export const sentence = (code: RefusalCode, filling: Filling): string => filled(REFUSALS[code], filling)

export const filled = (text: string, filling: Filling): string =>
  text.replaceAll(/\{(\w+)\}/g, (_, name: string) => filling[name] ?? '')
