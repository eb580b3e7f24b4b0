/**
 * Loaded into the demo's server (`node --import`): it must not outlive a demo that was killed without being able to
 * stop it, and would otherwise keep the port.
 */
const parent = process.ppid;

function parentIsGone() {
  if (process.ppid !== parent) return true;
  try {
    process.kill(parent, 0);
    return false;
  } catch (error) {
    return error.code !== 'EPERM';
  }
}

setInterval(() => {
  if (parentIsGone()) process.kill(process.pid, 'SIGTERM');
}, 1000).unref();
