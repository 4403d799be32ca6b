// One audio socket, with the messages of Twilio's Media Streams. Source: Twilio, "Media Streams - WebSocket Messages".
// One message is our own: {event: "text"}, for who writes instead of speaking.

const FRAME_MS = 20;

export class MediaStream extends EventTarget {
  constructor(sound) {
    super();
    this.sound = sound;
    this.id = `MZ${Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("")}`;
    this.sequence = 0;
    this.chunk = 0;
  }

  /** Speak and listen until one side closes the socket. */
  async run(address, callSid, parameters) {
    const url = new URL(address, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    this.socket = new WebSocket(url);
    const stop = new AbortController();
    const closed = new Promise((done) => this.socket.addEventListener("close", done));
    this.socket.addEventListener("open", () => this.begin(callSid, parameters, stop.signal));
    this.socket.addEventListener("message", ({ data }) => this.take(JSON.parse(data)));
    await closed;
    stop.abort();
    this.sound.order({ listen: false });
    this.sound.order({ clear: true });
  }

  begin(callSid, parameters, signal) {
    this.callSid = callSid;
    const format = { encoding: "audio/x-mulaw", sampleRate: 8000, channels: 1 };
    const call = { accountSid: `AC${"0".repeat(32)}`, callSid, streamSid: this.id, tracks: ["inbound"] };
    this.socket.send(JSON.stringify({ event: "connected", protocol: "Call", version: "1.0.0" }));
    this.send("start", { ...call, mediaFormat: format, customParameters: parameters });
    this.sound.addEventListener("frame", ({ detail }) => this.frame(detail.frame), { signal });
    this.sound.addEventListener("mark", ({ detail }) => this.mark(detail.mark), { signal });
    this.sound.order({ listen: true });
  }

  take(message) {
    if (message.streamSid !== this.id) return;
    const { event } = message;
    if (event === "media") this.sound.order({ frame: bytes(message.media.payload) });
    else if (event === "mark") this.sound.order({ mark: message.mark.name });
    else if (event === "clear") this.sound.order({ clear: true });
    if (event === "media") this.dispatchEvent(new Event("media"));
  }

  frame(mulaw) {
    const timestamp = String(this.chunk * FRAME_MS);
    this.chunk += 1;
    this.send("media", { track: "inbound", chunk: String(this.chunk), timestamp, payload: base64(mulaw) });
  }

  mark(name) {
    this.send("mark", { name });
    this.dispatchEvent(new CustomEvent("mark", { detail: name }));
  }

  press(digit) {
    this.send("dtmf", { track: "inbound_track", digit });
  }

  write(body) {
    this.send("text", { body });
  }

  hangUp() {
    this.send("stop", { accountSid: `AC${"0".repeat(32)}`, callSid: this.callSid });
    this.socket?.close();
  }

  send(event, body) {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    this.sequence += 1;
    const sequenceNumber = String(this.sequence);
    this.socket.send(JSON.stringify({ event, sequenceNumber, [event]: body, streamSid: this.id }));
  }
}

function bytes(text) {
  return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
}

function base64(mulaw) {
  return btoa(String.fromCharCode(...mulaw));
}
