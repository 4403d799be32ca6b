// What happens in the call, for the curious: what is said, what was understood and how surely, and how long it took.

const PARTS = ["endpointing", "recognition", "dialogue", "speech"];

export class Live {
  /** `list` takes the turns, `shape` is the template of one, `words` the French words of the page. */
  constructor(list, shape, words, { onTurn, onText }) {
    Object.assign(this, { list, shape, words, onTurn, onText });
  }

  follow(permit) {
    this.list.replaceChildren();
    this.source?.close();
    this.source = new EventSource(`/essai/live/${permit}`);
    this.source.addEventListener("turn", ({ data }) => this.turn(JSON.parse(data)));
    this.source.addEventListener("latency", ({ data }) => this.latency(JSON.parse(data)));
    this.source.addEventListener("over", () => this.source.close());
  }

  turn(told) {
    for (const text of told.texts) this.onText(text);
    if (told.flow) this.onTurn(told);
    const item = this.shape.content.firstElementChild.cloneNode(true);
    item.dataset.turn = told.turn;
    this.heard(item, told);
    item.querySelector(".said").textContent = told.text;
    if (!told.text) item.querySelector(".said").remove();
    if (!item.childElementCount) return;
    this.list.append(item);
    this.list.scrollTop = this.list.scrollHeight;
  }

  heard(item, told) {
    const you = item.querySelector(".you");
    const deed = this.words[`event${told.event}`];
    if (told.event !== "Heard" && !deed) {
      you.remove();
      return;
    }
    you.querySelector(".words").textContent = told.event === "Heard" ? told.heard : deed;
    const meaning = you.querySelector(".meaning");
    if (told.event !== "Heard") {
      meaning.remove();
      return;
    }
    const sure = told.understood ? told.certainty : "none";
    meaning.dataset.certainty = sure;
    meaning.querySelector(".what").textContent = told.understood || this.words.nothingUnderstood;
    meaning.querySelector(".how").textContent = this.words[`certainty${sure}`];
    // What was written was not heard by a microphone: nothing is unsure about its letters.
    if (told.confidence < 1) meaning.querySelector(".ear").textContent = `${Math.round(100 * told.confidence)} %`;
    else meaning.querySelector(".heard").remove();
  }

  latency(latency) {
    const row = this.list.querySelector(`[data-turn="${latency.turn}"] .gap`);
    if (!row) return;
    const total = PARTS.reduce((sum, part) => sum + latency[part], 0);
    row.querySelector(".total").textContent = `${total} ms`;
    for (const part of PARTS) {
      const bar = row.querySelector(`[data-part="${part}"]`);
      bar.style.setProperty("--share", latency[part] / Math.max(total, 1));
      bar.title = `${bar.dataset.name} : ${latency[part]} ms`;
    }
    row.hidden = false;
  }
}
