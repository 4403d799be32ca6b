// A microphone that hears what a test gives it: the page takes it for a real one.
navigator.mediaDevices.getUserMedia = async () => {
  const context = new AudioContext();
  const line = context.createMediaStreamDestination();
  window.heard = async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
    const source = new AudioBufferSourceNode(context, { buffer: await context.decodeAudioData(bytes.buffer) });
    source.connect(line);
    const ended = new Promise((resolve) => source.addEventListener("ended", resolve));
    source.start();
    await ended;
  };
  return line.stream;
};
