// The voices side by side: asked for when somebody opens their pane, because the service must wake them first.

export class Voices {
  constructor(pane, list, words) {
    Object.assign(this, { list, words });
    pane.addEventListener("toggle", () => pane.open && this.show());
    list.addEventListener("click", ({ target }) => this.play(target.closest("button")));
  }

  async show() {
    if (this.list.childElementCount) return;
    const response = await fetch("/essai/voix").catch(() => undefined);
    if (response?.ok) this.list.innerHTML = await response.text();
    else this.list.textContent = this.words.broken;
  }

  /** One at a time: what is played stops. */
  async play(button) {
    if (!button) return;
    this.playing?.pause();
    const number = this.list.querySelector("#sentence").value;
    this.playing = new Audio(`/essai/voix/${button.dataset.voice}/${number}.wav`);
    button.dataset.busy = "yes";
    for (const name of ["playing", "error", "pause"]) {
      this.playing.addEventListener(name, () => delete button.dataset.busy, { once: true });
    }
    await this.playing.play().catch(() => undefined);
  }
}
