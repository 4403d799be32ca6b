// The procedure as a picture, with the step lit at which the call is.

export class Drawing {
  constructor(frame, title) {
    this.frame = frame;
    this.title = title;
    this.pictures = new Map();
    this.root = frame.attachShadow({ mode: "open" });
  }

  /** Show the procedure and light its step; what comes later overtakes what loads slowly. */
  async show({ flow, step, topic }) {
    this.wanted = flow;
    const picture = await this.picture(flow);
    if (this.wanted !== flow || !picture) return;
    this.title.textContent = topic;
    if (this.root.firstElementChild !== picture.svg) {
      this.root.replaceChildren(picture.svg);
      this.root.adoptedStyleSheets = [picture.sheet];
    }
    this.light(picture.svg, step);
  }

  light(svg, step) {
    for (const lit of svg.querySelectorAll(".current")) {
      lit.classList.remove("current");
      lit.removeAttribute("aria-current");
    }
    const box = svg.querySelector(`[data-step="${CSS.escape(step)}"]`);
    if (!box) return;
    box.classList.add("current");
    box.setAttribute("aria-current", "step");
    this.center(box);
  }

  center(box) {
    const around = this.frame.getBoundingClientRect();
    const { left, top, width, height } = box.getBoundingClientRect();
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.frame.scrollBy({
      left: left + width / 2 - around.left - around.width / 2,
      top: top + height / 2 - around.top - around.height / 2,
      behavior: still ? "auto" : "smooth",
    });
  }

  picture(flow) {
    if (!this.pictures.has(flow)) this.pictures.set(flow, load(flow));
    return this.pictures.get(flow);
  }
}

const STYLE = /<style>([^]*?)<\/style>/;

/** The picture and its own style: the page's policy lets no style stand within a picture, so it is lifted out. */
async function load(flow) {
  const response = await fetch(`/essai/procedure/${flow}.svg`);
  if (!response.ok) return null;
  const text = await response.text();
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE.exec(text)?.[1] ?? "");
  const parsed = new DOMParser().parseFromString(text.replace(STYLE, ""), "image/svg+xml");
  return { svg: document.adoptNode(parsed.documentElement), sheet };
}
