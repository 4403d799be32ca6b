// Texts to and from the assistant.

import { ask } from "./call.js";

export class Texting {
  constructor(form, list, words) {
    Object.assign(this, { form, list, words });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send(form.elements.text.value.trim());
    });
  }

  async send(text) {
    if (!text) return;
    this.form.elements.text.value = "";
    this.add(text, "mine");
    try {
      const { messages } = await ask("/sms", { text });
      for (const message of messages) this.add(message, "theirs");
    } catch {
      this.add(this.words.unreachable, "trouble");
    }
  }

  add(text, whose) {
    const item = document.createElement("li");
    item.className = whose;
    item.textContent = text;
    this.list.append(item);
    this.list.scrollTop = this.list.scrollHeight;
  }
}
