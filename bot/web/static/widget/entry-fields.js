import { input, pick } from "./form.js";
import { filled, textsOf } from "./language.js";

export const words = textsOf("entry", {
  joinTitle: "Welcome",
  joinIntro: "This is a place to check in with yourself, take small steps and write to your care team.",
  step: "Step {at} of {of}",
  next: "Next",
  previous: "Back",
  invite: "Your invitation code",
  inviteHint: "It is in the letter, message or e-mail from your care team.",
  noInvite: "I have no invitation",
  ageTitle: "Your age",
  adult: "Are you 18 or over?",
  yes: "Yes",
  no: "No",
  aboutTitle: "What this is",
  aboutProgram: "I am a computer program. I can make mistakes, and I am not an emergency service.",
  aboutSafety: "If something you write worries me, I show you where to turn and let your team know.",
  aboutStop: "You can stop at any time. Get help now always works, at the top of this page.",
  aboutWaiting:
    "Without an invitation you wait until a person from the team has looked. Until then nobody reads what you write here.",
  consents: "What you agree to",
  consentsIntro: "Each of these is for you to choose. You can change your mind later, under My choices.",
  careHint: "We need this one to go on.",
  youTitle: "About you",
  name: "What shall we call you?",
  nameHint: "You can leave this empty.",
  conditions: "What do you live with?",
  language: "Which language do you read?",
  nation: "Where do you live?",
  service: "Which service would you like to ask?",
  back: "Coming back",
  backHint:
    "We send a link to your e-mail address. With the link and your PIN you can carry on where you stopped, also on another phone or computer.",
  backEmpty: "You can leave both empty. Then you can come back on this device only.",
  contact: "Your e-mail address",
  pin: "Choose a PIN",
  pinHint: "4 to 8 numbers that you will remember.",
  device: "This phone or computer",
  once: "Ask me again next time",
  remember: "Remember me on this device",
  rememberHint: "Only on your own phone or computer. Anybody who uses it could then open this chat.",
  shared: "Other people use it too",
  sharedHint: "You are signed out when you have written nothing for 15 minutes. Nothing stays on this device.",
  start: "Start",
  been: "I have been here before",
  returnTitle: "Welcome back",
  returnIntro: "Write the e-mail address you gave us. If we know it, we send you a link.",
  returnSend: "Send me a link",
  joinInstead: "I have an invitation code",
  confirmTitle: "Welcome back",
  confirmIntro: "Write the PIN you chose when you joined.",
  confirmPin: "Your PIN",
  confirm: "Carry on",
  needsInvite: "Write your invitation code.",
  needsAdult: "Choose yes or no.",
  needsCare: "Tick this box if you agree. We need it to go on.",
  needsName: "Write a name. It can be a short one.",
  needsConditions: "Choose at least one.",
  needsContact: "Write an e-mail address, like name@example.org.",
  needsPin: "Write 4 to 8 numbers.",
  offline: "We could not reach the service. Check your connection and try again.",
  failed: "That did not work. Check what you wrote and try again.",
});

export const PIN = /^\d{4,8}$/;
export const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

export function failed(refusal) {
  return refusal.code === "unreachable" ? words.offline : words.failed;
}

export function pinInput(label, hint, autocomplete) {
  return input("password", label, { hint, inputmode: "numeric", autocomplete, maxlength: 8 });
}

export function contactInput() {
  return input("email", words.contact, { autocomplete: "email" });
}

export function stepOf(at, of) {
  return filled(words.step, { at, of });
}

/** Whose device it is: how long they stay signed in follows from it. */
export function deviceField() {
  return pick(
    words.device,
    [
      { id: "once", name: words.once },
      { id: "remember", name: words.remember, hint: words.rememberHint },
      { id: "shared", name: words.shared, hint: words.sharedHint },
    ],
    { value: "once" },
  );
}
