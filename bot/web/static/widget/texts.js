import { textsOf } from "./language.js";

/** What the frame of the widget says. What the conversation says comes from the server. */
export const texts = textsOf("frame", {
  name: "Bounceback",
  open: "Talk to Bounceback",
  close: "Close the chat",
  more: "More",
  groups: "My groups",
  groupsNew: "My groups: {count} new posts",
  groupsNewOne: "My groups: 1 new post",
  people: "People like me",
  record: "My record",
  looks: "Who looked at my record",
  settings: "How this looks and sounds",
  module: "Read my module",
  reminders: "My reminders",
  signOut: "Sign out of this device",

  help: "Get help now",
  helpIntro:
    "Nobody may be reading this chat right now. These people can help you. Where a line is not open day and night, it says so.",
  helpMore: "More places to get help",
  helpClose: "Close and go back",
  call: "Call {number}",
  message: "Text {number}",
  urgent_crisis: "You can talk to somebody now",
  urgent_emergency: "Get help at once",
  urgent_safeguarding: "There is help for this",
  urgent_advice: "Important",
  advice: "When to stop and call 999",
  ownPlan: "My safety plan",
  leave: "Leave this site",
  leaveHint: "Or press the Shift key 3 times.",

  reading: "Nobody is reading this right now. If you need help now, use Get help now.",
  state_connecting: "Connecting …",
  state_online: "",
  state_offline: "You are offline. What you write waits here, and I will send it later.",
  "state_signed-out": "You are signed out.",
  partMissing: "This part could not be loaded. Check your connection and try again.",
  tryAgain: "Try again",
});

/** Shown until the service has said what it signposts to in its own nation, and whenever it cannot. */
export const helpLines = [
  { text: "If your life, or somebody else’s, is in danger, or you need an ambulance.", number: "999" },
  {
    text: "NHS 111, for urgent help. In England and Wales, choose option 2 for your mental health.",
    number: "111",
  },
  { text: "Lifeline, in Northern Ireland.", number: "0808 808 8000" },
  { text: "Samaritans listen at any time, for free.", number: "116 123" },
  { text: "SHOUT, if you would rather not speak. Text the word SHOUT.", number: "85258" },
];
