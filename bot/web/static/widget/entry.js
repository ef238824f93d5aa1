import { h } from "./dom.js";
import { EMAIL, contactInput, deviceField, failed, pinInput, words } from "./entry-fields.js";
import { Form } from "./form.js";
import { Joining } from "./joining.js";

/** Joining, step by step; and coming back: by e-mail, then by the link in it and a PIN. */
export function build(_, context) {
  const place = h("div", { class: "entry" });
  let moved = false;
  const show = (form) => {
    place.replaceChildren(form.element);
    if (moved) form.heading.focus();
    moved = true;
  };
  const joining = new Joining(context, show, () => show(returnForm(context, joining, show)));
  if (context.returnCode) show(confirmForm(context, joining, show));
  else joining.show();
  return place;
}

function returnForm(context, joining, show) {
  const contact = contactInput();
  const form = new Form(context, {
    title: words.returnTitle,
    intro: words.returnIntro,
    fields: [contact],
    checks: [[contact, () => EMAIL.test(contact.value), words.needsContact]],
    submit: words.returnSend,
    others: [[words.joinInstead, () => joining.show()]],
    failed,
    async send() {
      const { text } = await context.api.post("/v1/return", { contact: contact.value });
      form.tell(text, "answer");
    },
  });
  return form;
}

function confirmForm(context, joining, show) {
  const pin = pinInput(words.confirmPin, words.pinHint, "current-password");
  const device = deviceField();
  return new Form(context, {
    title: words.confirmTitle,
    intro: words.confirmIntro,
    fields: [pin, device],
    checks: [[pin, () => pin.value.length >= 4, words.needsPin]],
    submit: words.confirm,
    others: [[words.been, () => show(returnForm(context, joining, show))]],
    failed,
    async send() {
      const shared = device.value === "shared";
      const asked = { code: context.returnCode, proof: pin.value, ...(shared && { shared }) };
      const { token } = await context.api.post("/v1/return/confirm", asked);
      context.done(token, device.value);
    },
  });
}
