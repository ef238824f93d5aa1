import { filled, locale, textsOf } from "./language.js";
import { texts } from "./chat-texts.js";

/** What a group says around what people wrote. */
export const words = textsOf("group", {
  untitled: "Your group",
  posts: "What people wrote in {title}",
  write: "Write to the group",
  rules: "Everybody in the group can read this. They see the name you chose here.",
  you: "you",
  host: "Host",
  empty: "Nobody has written here yet.",
  others: "Your other groups",
  othersNew: "{title}: {count} new posts",
  othersNewOne: "{title}: 1 new post",

  hostHere: "A host is here now.",
  hostAway: "No host is here right now. A computer checks posts before others see them.",
  asleep: "The group sleeps at night. What you write now is kept, and waits until a host is here.",
  openUntil: "The group is open until {time}.",
  opensAt: "The group is closed right now. It opens again: {time}.",
  closed: "The group is closed right now. You can read, and you can write again when it opens.",
  week: "This is week {week} of the course.",
  over: "This course is over. The group stays open, so you can go on talking here.",
  somebodyWrites: "Somebody is writing …",

  digest: "Since you were last here: {what}.",
  digestPosts: "{count} posts",
  digestPostsOne: "1 post",
  digestPeople: "by {count} people",
  digestPeopleOne: "by 1 person",
  digestReplies: "{count} answer you",
  digestRepliesOne: "1 answers you",
  digestMentions: "{count} name you",
  digestMentionsOne: "1 names you",
  firstNew: "Go to the first new one",
  newHere: "New since you were here",
  earlier: "Earlier posts",
  earlierCame: "Earlier posts now stand above.",
  earlierMissing: "Earlier posts cannot be shown right now. Try again in a moment.",

  hidden: "This post is hidden.",
  held: "A host looks at this before others see it.",
  withdrawn: "Whoever wrote this has taken it back.",
  withdrawnOwn: "You took this post back.",
  kept: "Kept. It is on its way to the group.",
  notIn: "This is not in the group yet. My answer stands in your chat.",
  inGroup: "Your post is in the group now.",
  named: "This post names you.",
  agenda: "What we talk about next",
  recap: "What we talked about",
  newWeek: "A new week of the course begins. What belongs to it comes to your chat.",

  answerTo: "In answer to {name}: {words}",
  answerToEarlier: "In answer to an earlier post",
  answers: "{count} answers",
  answersOne: "1 answer",
  answersOf: "{answers} to the post by {name}",
  thread: "One post and its answers",
  backToAll: "Back to all posts",
  reply: "Reply",
  replyTo: "Reply to {name}",
  replying: "You answer {name}: {words}",
  notReply: "Do not answer this post",

  kind: "A kind word",
  kindFor: "A kind word for {name}",
  heart: "Thinking of you",
  hug: "A hug",
  meToo: "Me too",
  thanks: "Thank you",
  strength: "Strength",
  times: "{kind}: {count}",

  more: "Name or warning",
  names: "Name somebody",
  namesNone: "Nobody else has written here yet.",
  namesOffered: "You can choose a name under the box.",
  warn: "What others should know before they open it",
  warnNone: "Nothing",
  warned: "Others first see that this is about {topic}.",
  notWarned: "Leave that out",
  hard: "hard feelings",
  dying: "dying",
  body: "body details",
  food: "food and weight",
  about: "This is about {topic}.",
  show: "Show it",
  fold: "Fold it again",

  report: "Report",
  reportOf: "Report the post by {name}",
  reportAsk: "Shall a person look at this post? The writer is not told who asked.",
  reportWhy: "What is wrong?",
  reportUnkind: "It is unkind",
  reportWorried: "I am worried about this person",
  reportContact: "It has contact details in it",
  reportAdvice: "The advice seems wrong",
  reportOther: "Something else",
  reportYes: "Yes, report it",
  reportNo: "No, leave it",
  reported: "Thank you. A person will look at it.",

  mute: "Mute",
  muteOf: "Mute {name}",
  muteAsk: "Posts by {name} will be folded for you. Nobody is told.",
  muteYes: "Yes, mute",
  muteNo: "No, do not mute",
  unmuteOf: "Unmute {name}",
  mutedPost: "You have muted {name}.",
  mutedWordPost: "A word that you muted is in this post.",

  takeBack: "Take back",
  takeBackAsk: "Shall your post go? Its place stays, with a line that you took it back.",
  takeBackYes: "Yes, take it back",
  takeBackNo: "No, keep it",
  anotherLook: "Ask for another look",
  anotherLookAbout: "Say in your own words what they should know. Somebody else than the host who decided will look.",
  anotherLookSent: "Thank you. Somebody will look at it again. I will tell you in your chat.",
  send: "Send",
  cancel: "Leave it",

  paused: "You cannot write in this group for now. You can still read, and you can still talk to me and to your team.",
  chatSays: "New in your chat:",
  close: "Close",

  forMe: "For me",
  wishes: "For me in this group",
  backToGroup: "Back to the group",
  done: "Done.",
  mutedPeople: "People I muted",
  mutedNobody: "Nobody. To mute somebody, press Mute under a post of theirs. Their posts are then folded for you.",
  mutedWords: "Words I muted",
  mutedWordsAbout: "Posts with such a word are folded for you, in all groups. Nobody else sees this list.",
  word: "A word or a few words",
  muteWord: "Mute this word",
  unmuteWord: "Unmute “{word}”",
  typing: "While I write",
  showTyping: "Show others that somebody is writing",
  showTypingAbout: "It never says who.",
  rest: "Take a break",
  restAbout: "You stay in the group. Nothing of it comes to you until you are back. Nobody is told.",
  restWeek: "For 1 week",
  restMonth: "For 1 month",
  restOpen: "Until I come back",
  resting: "You are taking a break from this group.",
  restingUntil: "You are taking a break from this group. It ends on {date}.",
  comeBack: "Come back to the group",
  complain: "Complain about this group",
  complainAbout: "Tell us what is wrong. Somebody who answers for the group reads it. The group does not see it.",
  complainSent: "Thank you for telling us. Somebody will look at it. I will tell you in your chat.",
  leave: "Leave the group",
  leaveAbout: "You can come back any day. There is nothing to explain.",
  leavePosts: "Take what I wrote along. Then nobody in the group can read it any more.",
  leaveYes: "Yes, leave the group",
  leaveNo: "No, stay",
  left: "You have left the group. You can come back any day. There is nothing to explain.",
});

export const KINDS = ["heart", "hug", "me_too", "thanks", "strength"];
export const TOPICS = ["hard", "dying", "body", "food"];
export const REASONS = ["unkind", "worried", "contact", "advice", "other"];

/** `name` or, of one, `nameOne`. */
export function counted(name, count, more) {
  return filled(words[count === 1 ? `${name}One` : name], { count, ...more });
}

export function kindNamed(kind) {
  return words[kind === "me_too" ? "meToo" : kind];
}

export function topicOf(post) {
  return filled(words.about, { topic: words[post.warning] || words.hard });
}

export function nameOf(post) {
  return post.name || texts[`from_${post.from}`];
}

const FIRST_WORDS = 48;

/** The first words of a post; of one that cannot be read or is folded, what stands in its place. */
export function firstWords(post, folded) {
  if (folded || gone(post)) return folded || gone(post);
  const text = post.text.replace(/\s+/g, " ").trim();
  if (text.length <= FIRST_WORDS) return text;
  return `${text.slice(0, text.lastIndexOf(" ", FIRST_WORDS) > 20 ? text.lastIndexOf(" ", FIRST_WORDS) : FIRST_WORDS)} …`;
}

/** What is said in place of a post that is not there to be read; null of one that is. */
export function gone(post) {
  if (post.withdrawn) return post.mine ? words.withdrawnOwn : words.withdrawn;
  if (post.hidden) return words.hidden;
  return null;
}

export function timeOf(at) {
  return new Date(at).toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit" });
}

export function dateOf(at, time) {
  const day = { weekday: "long", day: "numeric", month: "long" };
  return new Date(at).toLocaleString(locale(), time ? { ...day, hour: "2-digit", minute: "2-digit" } : day);
}
