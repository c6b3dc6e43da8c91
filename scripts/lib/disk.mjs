// Disk as a person understands it: how much is free, and why a folder cannot be used.
import { statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { StepError } from './run.mjs'

const WHY = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'its file system is read-only',
  ENOTDIR: 'a part of its path is a file',
  EEXIST: 'it is a file',
}

/** What `work` answers. What a person can put right about the state folder is said in words; the rest is a fault of ours. */
export function onState(folder, work) {
  try {
    return work()
  } catch (error) {
    const why = WHY[error.code]
    if (why === undefined) throw error
    throw new StepError(
      `The state folder ${folder} cannot be used: ${why}. Put that right, or choose another one: SCRYDON_HOME=/other/folder npm start`,
    )
  }
}

/** A folder that is still to be made takes its room from where its nearest parent is. */
function nearest(path) {
  return statSync(path, { throwIfNoEntry: false }) === undefined ? nearest(dirname(path)) : path
}

export function needDisk(path, mebibytes, what, statfs = statfsSync) {
  const place = nearest(path)
  const { bavail, bsize } = statfs(place)
  const free = Math.floor((bavail * bsize) / 2 ** 20)
  if (free < mebibytes)
    throw new StepError(
      `${what} needs ${mebibytes} MiB of free disk and ${place} has ${free} MiB. Free some space and start again.`,
    )
}
