import { h } from "./dom.js";
import { EMAIL, PIN, contactInput, deviceField, failed, pinInput, stepOf, words } from "./entry-fields.js";
import { Form, input, pick, select, tick, ticks } from "./form.js";
import { language } from "./language.js";

/**
 * The steps of joining, each a form that is built once, so that nothing is lost on the way back and forth. What was
 * written is sent with the last of them; before that only the code, and that somebody is under 18.
 */
export class Joining {
  constructor(context, display, been) {
    Object.assign(this, { context, display, been });
    this.fields = {};
    this.reading = "";
    this.begin(true);
    this.asking = null;
  }

  /** `invited`: with a code, or without one where a service takes that. */
  begin(invited) {
    this.invited = invited;
    this.steps = [...(invited ? ["code"] : []), "age", "about", "consents", "you", "back"];
    this.at = 0;
    this.forms = this.forms && this.forms.code ? { code: this.forms.code } : {};
  }

  /** What the service asks, once: the words, their versions, and what there is to choose from. */
  asked() {
    if (!this.asking)
      this.asking = this.context.api.get("/v1/consents").catch((refusal) => {
        this.asking = null;
        throw refusal;
      });
    return this.asking;
  }

  show() {
    const name = this.steps[this.at];
    if (!this.forms[name]) this.forms[name] = this[name]();
    this.display(this.forms[name]);
  }

  go(by) {
    this.at += by;
    this.show();
  }

  form(details) {
    const back = this.at || !this.invited ? [words.previous, () => this.before()] : null;
    return new Form(this.context, {
      step: stepOf(this.at + 1, this.steps.length),
      submit: words.next,
      send: () => this.go(1),
      failed,
      ...details,
      others: [back, ...(details.others || [])],
    });
  }

  before() {
    if (this.at) this.go(-1);
    else {
      this.begin(true);
      this.show();
    }
  }

  // -- the steps

  code() {
    const invite = (this.fields.invite = input("text", words.invite, {
      hint: words.inviteHint,
      value: this.context.invite,
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "false",
    }));
    const form = this.form({
      title: words.joinTitle,
      intro: words.joinIntro,
      fields: [invite],
      checks: [[invite, () => invite.value, words.needsInvite]],
      others: [[words.been, this.been]],
      send: async () => {
        if (this.learnt === invite.value) return this.go(1);
        const [told, asked] = await Promise.all([
          this.context.api.post("/v1/invitation", { invite: invite.value }),
          this.asked(),
        ]);
        this.learn(told, asked);
        this.learnt = invite.value;
        this.go(1);
      },
    });
    this.offerWithout(form);
    return form;
  }

  /** Where a service takes people without an invitation; until that is known, and where it cannot be, it is not offered. */
  async offerWithout(form) {
    try {
      const asked = await this.asked();
      if (!asked.self_referral.length) return;
      const without = () => {
        this.begin(false);
        this.learn({}, asked);
        this.show();
      };
      form.element.append(h("button", { type: "button", class: "link", onclick: without }, words.noInvite));
    } catch (refusal) {
      // The form says so itself when it is sent.
    }
  }

  learn(told, asked) {
    this.forms = { code: this.forms.code };
    this.learnt = null;
    this.told = told;
    this.choices = asked;
  }

  age() {
    const adult = pick(
      words.adult,
      [
        { id: "yes", name: words.yes },
        { id: "no", name: words.no },
      ],
      { kind: "pair" },
    );
    return this.form({
      title: words.ageTitle,
      fields: [adult],
      checks: [[adult, () => adult.value !== null, words.needsAdult]],
      send: async () => {
        if (adult.value === "yes") return this.go(1);
        // Refused, with where to turn; the invitation ends, and nothing else was sent.
        const path = this.invited ? "/v1/join" : "/v1/refer";
        const code = this.invited ? { invite: this.fields.invite.value } : {};
        await this.context.api.post(path, { ...code, adult: false, consents: {} });
      },
    });
  }

  about() {
    const lines = [words.aboutProgram, words.aboutSafety, words.aboutStop];
    const who = this.invited ? this.told.reading : words.aboutWaiting;
    return this.form({ title: words.aboutTitle, intro: who ? [who, ...lines] : lines });
  }

  consents() {
    const boxes = (this.fields.consents = {});
    const fields = this.choices.consents.map((one) => {
      const hint = one.needed ? words.careHint : null;
      boxes[one.name] = tick(one.yes, { title: one.title, about: one.about, hint });
      return boxes[one.name];
    });
    const needed = this.choices.consents.filter((one) => one.needed);
    return this.form({
      title: words.consents,
      intro: words.consentsIntro,
      fields,
      checks: needed.map(({ name }) => [boxes[name], () => boxes[name].value, words.needsCare]),
    });
  }

  you() {
    const { told, choices } = this;
    const name = input("text", words.name, {
      hint: this.invited ? words.nameHint : null,
      autocomplete: "given-name",
      maxlength: 80,
    });
    const conditions = ticks(words.conditions, choices.conditions);
    conditions.value = told.conditions || [];
    const spoken = select(words.language, choices.languages, told.language || language());
    const nation = select(words.nation, choices.nations, told.nation);
    const services = choices.self_referral;
    const service = !this.invited && services.length > 1 ? select(words.service, services) : null;
    Object.assign(this.fields, { name, conditions, spoken, nation, service });
    return this.form({
      title: words.youTitle,
      fields: [
        service,
        name,
        conditions,
        choices.languages.length > 1 ? spoken : null,
        nation,
      ].filter(Boolean),
      checks: [
        [name, () => this.invited || name.value, words.needsName],
        [conditions, () => conditions.value.length, words.needsConditions],
      ],
    });
  }

  back() {
    const contact = contactInput();
    const pin = pinInput(words.pin, words.pinHint, "new-password");
    const device = deviceField();
    Object.assign(this.fields, { contact, pin, device });
    const wanted = () => !this.invited || contact.value || pin.value;
    return this.form({
      title: words.back,
      intro: this.invited ? [words.backHint, words.backEmpty] : words.backHint,
      fields: [contact, pin, device],
      checks: [
        [contact, () => !wanted() || EMAIL.test(contact.value), words.needsContact],
        [pin, () => !wanted() || PIN.test(pin.value), words.needsPin],
      ],
      submit: words.start,
      send: () => this.send(wanted()),
    });
  }

  // -- sending it

  async send(wanted) {
    const { invite, consents, name, conditions, spoken, nation, service, contact, pin, device } = this.fields;
    const agreed = {};
    const versions = {};
    this.choices.consents.forEach((one) => {
      agreed[one.name] = consents[one.name].value;
      versions[one.name] = one.version;
    });
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const asked = {
      ...(this.invited ? { invite: invite.value } : service && { service: service.value }),
      adult: true,
      consents: agreed,
      versions,
      conditions: conditions.value,
      language: spoken.value,
      nation: nation.value,
      ...(zone && zone.includes("/") && { timezone: zone }),
      ...(name.value && { name: name.value }),
      ...(wanted && { contact: contact.value, pin: pin.value }),
      ...(device.value === "shared" && { shared: true }),
    };
    try {
      const { token } = await this.context.api.post(this.invited ? "/v1/join" : "/v1/refer", asked);
      this.context.done(token, device.value);
    } catch (refusal) {
      if (refusal.code !== "consents_changed") throw refusal;
      await this.askAgain(refusal);
    }
  }

  /** The words have changed meanwhile: they are shown anew, and answered anew. */
  async askAgain(refusal) {
    this.asking = null;
    this.choices = await this.asked();
    this.at = this.steps.indexOf("consents");
    delete this.forms.consents;
    this.show();
    this.forms.consents.tell(refusal.text || words.failed, refusal.code);
  }
}
