import { freshId, h } from "./dom.js";
import { signpost } from "./help.js";
import { textsOf } from "./language.js";

const words = textsOf("entry", {
  joinTitle: "Welcome",
  joinIntro: "This is a place to check in with yourself, take small steps and write to your care team.",
  invite: "Your invitation code",
  inviteHint: "It is in the letter, message or e-mail from your care team.",
  adult: "Are you 18 or over?",
  yes: "Yes",
  no: "No",
  consents: "What you agree to",
  care: "My care team may see what I write here and my scores, so that they can look after me.",
  careHint: "We need this one. Without it nobody could help you here.",
  groups: "I may join groups with other people like me. They see a made-up name, never my own.",
  evaluation: "My scores, without my name, may be counted to find out whether this service helps.",
  optional: "You can say no to this and change your mind later.",
  name: "What shall we call you? (you can leave this empty)",
  back: "To come back on another phone or computer (you can leave this empty)",
  backHint:
    "We send a link to your e-mail address. With the link and your PIN you can carry on where you stopped.",
  contact: "Your e-mail address",
  pin: "Choose a PIN",
  pinHint: "4 to 8 numbers that you will remember.",
  remember: "Remember me on this device",
  rememberHint: "Only on your own phone or computer. Anybody who uses it could then open this chat.",
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
  needs_invite: "Write your invitation code.",
  needs_adult: "Choose yes or no.",
  needs_care: "Tick this box if you agree. We need it to go on.",
  needs_contact: "Write an e-mail address, like name@example.org.",
  needs_pin: "Write 4 to 8 numbers.",
  offline: "We could not reach the service. Check your connection and try again.",
  failed: "That did not work. Check what you wrote and try again.",
});

const PIN = /^\d{4,8}$/;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** Joining with an invitation, and coming back: by e-mail, then by the link in it and a PIN. */
export function build(_, context) {
  const place = h("div", { class: "entry" });
  const show = (form) => {
    place.replaceChildren(form);
    return form;
  };
  const go = {
    join: () => show(joinForm(context, go)),
    back: () => show(returnForm(context, go)),
  };
  if (context.returnCode) show(confirmForm(context, go));
  else go.join();
  return place;
}

function joinForm(context, go) {
  const invite = input("text", words.invite, {
    hint: words.inviteHint,
    value: context.invite,
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
  });
  const adult = yesOrNo(words.adult);
  const care = tick(words.care, words.careHint);
  const groups = tick(words.groups, words.optional);
  const evaluation = tick(words.evaluation, words.optional);
  const name = input("text", words.name, { autocomplete: "given-name" });
  const contact = input("email", words.contact, { autocomplete: "email" });
  const pin = pinInput(words.pin, words.pinHint, "new-password");
  const remember = tick(words.remember, words.rememberHint);
  const wanted = () => contact.value || pin.value;
  const form = new Form(context, {
    title: words.joinTitle,
    intro: words.joinIntro,
    fields: [
      invite,
      adult,
      h("fieldset", {}, h("legend", {}, words.consents), care.element, groups.element, evaluation.element),
      name,
      h(
        "fieldset",
        {},
        h("legend", {}, words.back),
        h("p", { class: "hint" }, words.backHint),
        contact.element,
        pin.element,
      ),
      remember,
    ],
    checks: [
      [invite, () => invite.value, words.needs_invite],
      [adult, () => adult.value !== null, words.needs_adult],
      [care, () => care.value || adult.value === false, words.needs_care],
      [contact, () => !wanted() || EMAIL.test(contact.value), words.needs_contact],
      [pin, () => !wanted() || PIN.test(pin.value), words.needs_pin],
    ],
    submit: words.start,
    other: [words.been, go.back],
    async send() {
      const { token } = await context.api.post("/v1/join", {
        invite: invite.value,
        adult: adult.value,
        consents: { care: care.value, groups: groups.value, evaluation: evaluation.value },
        ...(name.value && { name: name.value }),
        ...(wanted() && { contact: contact.value, pin: pin.value }),
      });
      context.done(token, remember.value);
    },
  });
  return form.element;
}

function returnForm(context, go) {
  const contact = input("email", words.contact, { autocomplete: "email" });
  const form = new Form(context, {
    title: words.returnTitle,
    intro: words.returnIntro,
    fields: [contact],
    checks: [[contact, () => EMAIL.test(contact.value), words.needs_contact]],
    submit: words.returnSend,
    other: [words.joinInstead, go.join],
    async send() {
      const { text } = await context.api.post("/v1/return", { contact: contact.value });
      form.tell(text, "answer");
    },
  });
  return form.element;
}

function confirmForm(context, go) {
  const pin = pinInput(words.confirmPin, words.pinHint, "current-password");
  const remember = tick(words.remember, words.rememberHint);
  const form = new Form(context, {
    title: words.confirmTitle,
    intro: words.confirmIntro,
    fields: [pin, remember],
    checks: [[pin, () => pin.value.length >= 4, words.needs_pin]],
    submit: words.confirm,
    other: [words.been, go.back],
    async send() {
      const { token } = await context.api.post("/v1/return/confirm", {
        code: context.returnCode,
        proof: pin.value,
      });
      context.done(token, remember.value);
    },
  });
  return form.element;
}

/** A form that names each mistake beside its field, takes the reader to the first, and keeps what was written. */
class Form {
  constructor(context, { title, intro, fields, checks, submit, other, send }) {
    Object.assign(this, { context, checks, send });
    const [otherLabel, otherAct] = other;
    this.answer = h("div", { class: "form-answer", tabindex: -1, hidden: true });
    this.button = h("button", { type: "submit", class: "primary" }, submit);
    this.element = h(
      "form",
      { class: "form", part: "form", novalidate: true, onsubmit: (event) => this.submit(event) },
      h("h2", {}, title),
      h("p", {}, intro),
      fields.map((field) => field.element || field),
      this.answer,
      this.button,
      h("button", { type: "button", class: "link", onclick: () => this.turn(otherAct) }, otherLabel),
    );
  }

  turn(act) {
    const form = act();
    form.querySelector("input").focus();
  }

  async submit(event) {
    event.preventDefault();
    if (this.busy || !this.checked()) return;
    this.busy = true;
    this.button.setAttribute("aria-disabled", "true");
    try {
      await this.send();
    } catch (refusal) {
      this.tell(
        refusal.text || (refusal.code === "unreachable" ? words.offline : words.failed),
        refusal.code,
        refusal.urgent,
      );
    } finally {
      this.busy = false;
      this.button.removeAttribute("aria-disabled");
    }
  }

  checked() {
    const wrong = this.checks.filter(([field, holds, reason]) => !field.judge(holds() ? "" : reason));
    if (!wrong.length) return true;
    this.context.announce(wrong.map(([, , reason]) => reason).join(" "));
    wrong[0][0].first.focus();
    return false;
  }

  /** What the server said, where the reader is taken to. */
  tell(text, code, urgent) {
    this.answer.className = `form-answer ${code}`;
    this.answer.replaceChildren(
      h("p", {}, text),
      ...(urgent ? [h("ul", { class: "help-lines" }, urgent.lines.map(signpost))] : []),
    );
    this.answer.hidden = false;
    this.answer.focus();
  }
}

function problemOf(inputs, hint) {
  const line = h("p", { class: "problem", id: freshId("problem") });
  return {
    line,
    judge(reason) {
      line.textContent = reason;
      inputs.forEach((input) => {
        input.setAttribute("aria-invalid", String(Boolean(reason)));
        const by = [hint && hint.id, reason && line.id].filter(Boolean).join(" ");
        if (by) input.setAttribute("aria-describedby", by);
        else input.removeAttribute("aria-describedby");
      });
      return !reason;
    },
  };
}

function input(type, label, { hint, ...attributes }) {
  const id = freshId("field");
  const help = hint && h("p", { class: "hint", id: freshId("hint") }, hint);
  const box = h("input", { id, type, "aria-describedby": help && help.id, ...attributes });
  const { line, judge } = problemOf([box], help);
  return {
    first: box,
    judge,
    element: h("div", { class: "field" }, h("label", { for: id }, label), help, line, box),
    get value() {
      return box.value.trim();
    },
  };
}

function pinInput(label, hint, autocomplete) {
  return input("password", label, { hint, inputmode: "numeric", autocomplete, maxlength: 8 });
}

function tick(label, hint) {
  const id = freshId("field");
  const help = h("p", { class: "hint", id: freshId("hint") }, hint);
  const box = h("input", { id, type: "checkbox", "aria-describedby": help.id });
  const { line, judge } = problemOf([box], help);
  return {
    first: box,
    judge,
    element: h(
      "div",
      { class: "field" },
      line,
      h("div", { class: "option" }, box, h("label", { for: id }, label)),
      help,
    ),
    get value() {
      return box.checked;
    },
  };
}

function yesOrNo(label) {
  const name = freshId("choice");
  const [yes, no] = [words.yes, words.no].map((text) => {
    const box = h("input", { type: "radio", name, id: freshId("field") });
    return { box, row: h("div", { class: "option" }, box, h("label", { for: box.id }, text)) };
  });
  const { line, judge } = problemOf([yes.box, no.box]);
  return {
    first: yes.box,
    judge,
    element: h(
      "fieldset",
      {},
      h("legend", {}, label),
      line,
      h("div", { class: "options pair" }, yes.row, no.row),
    ),
    get value() {
      return yes.box.checked ? true : no.box.checked ? false : null;
    },
  };
}
