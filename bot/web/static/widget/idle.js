import { textsOf } from "./language.js";

const WARN_MS = 13 * 60 * 1000;
const END_MS = 15 * 60 * 1000;

const words = textsOf("idle", {
  soon: "You will be signed out in 2 minutes, unless you write or press something.",
});

/**
 * On a device that others use too: whoever says nothing is warned, then signed out, and nothing stays on the screen.
 * The server ends the session at the same time. Returns what stops it.
 */
export function watchIdle(host) {
  let timers = [];
  const stop = () => timers.forEach(clearTimeout);
  const begin = () => {
    stop();
    timers = [setTimeout(warn, WARN_MS), setTimeout(() => host.signOut(), END_MS)];
  };
  const warn = () => {
    host.changed("notice", words.soon);
    host.announce(words.soon);
  };
  const heard = ({ detail }) => detail.from === "patient" && begin();
  host.addEventListener("bounceback:message", heard);
  begin();
  return () => {
    stop();
    host.removeEventListener("bounceback:message", heard);
  };
}
