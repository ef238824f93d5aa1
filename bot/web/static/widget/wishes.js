import { WISHES as KEY } from "./session.js";

/** Steps of the size of letters; the last is what 200 % is. */
export const SIZES = [1, 1.25, 1.5, 2];

/**
 * How somebody likes this to look and sound: steps and switches, never words. In memory; on the device only where
 * they chose to be remembered on it. `light`: pictures and films come when they are asked for.
 */
export const wishes = usual();

function usual() {
  const saving = navigator.connection?.saveData || matchMedia("(prefers-reduced-data: reduce)").matches;
  return { size: 0, space: 0, calm: 0, light: saving ? 1 : 0, play: 0, aloud: 0 };
}

/** What was kept on this device is there as soon as anything asks. */
function recall() {
  try {
    const held = JSON.parse(localStorage.getItem(KEY)) || {};
    for (const name of Object.keys(wishes)) if (held[name] in SIZES) wishes[name] = held[name];
  } catch (forbidden) {
    // storage may be forbidden: then it is as usual
  }
}

export function remember(session) {
  try {
    if (session.remembered) localStorage.setItem(KEY, JSON.stringify(wishes));
    else localStorage.removeItem(KEY);
  } catch (forbidden) {
    // then as long as the page lives
  }
}

/** `session.js` throws away what is kept. */
export function forgetWishes() {
  Object.assign(wishes, usual());
}

recall();
