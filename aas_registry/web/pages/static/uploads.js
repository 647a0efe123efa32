// Drag and drop, one request per file (a list with its PDF documents), with progress. The server
// tells how far it is as lines of JSON; the last line holds the very result that a browser without
// scripts would get. Large files go in pieces (tus), so that a lost connection costs little.

const form = document.getElementById("upload");
const words = form.dataset;
const phases = JSON.parse(words.phases);
const picker = form.querySelector("input[type=file]");
const progressList = document.getElementById("progress");
const results = document.getElementById("results");
const waiting = [];
let busy = false;

form.addEventListener("submit", (event) => {
  if (event.submitter?.formAction.endsWith("/marked")) return; // the browser downloads the answer
  event.preventDefault();
  add(picker.files);
});

for (const kind of ["dragenter", "dragover"]) {
  form.addEventListener(kind, (event) => {
    event.preventDefault();
    form.classList.add("is-over");
  });
}
form.addEventListener("dragleave", (event) => {
  if (!form.contains(event.relatedTarget)) form.classList.remove("is-over");
});
form.addEventListener("drop", (event) => {
  event.preventDefault();
  form.classList.remove("is-over");
  add(event.dataTransfer.files);
});

function add(files) {
  const all = [...files];
  const lists = all.filter(isList);
  const documents = lists.length === 1 ? all.filter((file) => /\.pdf$/i.test(file.name)) : [];
  for (const file of all) {
    if (documents.includes(file)) continue;
    const group = isList(file) ? [file, ...documents] : [file];
    const line = document.createElement("li");
    line.append(part("span", group.map((each) => each.name).join(" + ")), part("span", words.waiting));
    line.append(document.createElement("progress"));
    line.children[2].max = 1;
    line.children[2].value = 0;
    progressList.append(line);
    waiting.push({ group, line, fields: fieldsOfForm() });
  }
  sendNext();
}

async function sendNext() {
  if (busy || waiting.length === 0) return;
  busy = true;
  const { group, line, fields } = waiting.shift();
  results.prepend(...(await resultsOf(group, line, fields)));
  line.remove();
  results.firstElementChild.scrollIntoView({ block: "nearest" });
  busy = false;
  sendNext();
}

async function resultsOf(group, line, fields) {
  const [file] = group;
  const size = group.reduce((sum, each) => sum + each.size, 0);
  if (size > Number(words.limit)) return [failure(file, words.over)];
  try {
    const inPieces = group.length === 1 && size > Number(words.pieces) && (await loadTus());
    const told = inPieces ? await sendInPieces(file, line, fields) : await sendAtOnce(group, line, fields);
    const shown = new DOMParser().parseFromString(told.html ?? "", "text/html").querySelectorAll("[data-result]");
    if (!shown.length) return [failure(file, told.error?.messages?.[0]?.text ?? words.lost)];
    const articles = [...shown].map((each) => document.adoptNode(each));
    if (told.status < 400 && !waiting.length) picker.value = ""; // what was refused stays chosen
    if (isList(file) && told.status === 400) articles[0].append(markedButton(group, fields));
    return articles;
  } catch (cause) {
    return [failure(file, cause.told ?? words.lost)];
  }
}

function sendAtOnce(group, line, fields) {
  const body = new FormData();
  for (const [name, value] of fields) body.append(name, value);
  for (const file of group) body.append("file", file);
  return post(form.action, body, line);
}

async function sendInPieces(file, line, fields) {
  const upload = await new Promise((resolve, reject) => {
    const upload = new window.tus.Upload(file, {
      endpoint: words.resumable,
      chunkSize: Number(words.pieces),
      retryDelays: [0, 1000, 3000, 10000, 30000],
      headers: { "X-CSRFToken": fields.get("csrf_token") },
      metadata: { filename: file.name, filetype: file.type || "application/octet-stream" },
      onProgress: (sent, total) => show(line, words.sending, sent, total),
      onSuccess: () => resolve(upload),
      onError: reject,
    });
    upload.findPreviousUploads().then((before) => {
      if (before.length) upload.resumeFromPreviousUpload(before[0]);
      upload.start();
    });
  });
  const body = new FormData();
  for (const [name, value] of fields) body.append(name, value);
  const told = await post(`${form.action}/resumed/${upload.url.split("/").pop()}`, body, line);
  // Told a result, there is nothing to go on with: pieces that stay would count against the sender.
  await upload.abort(true).catch(() => {}); // else they expire
  return told;
}

// The last line of the answer; the lines before it move the bar.
function post(address, body, line) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let read = 0;
    let last = null;
    const readLines = () => {
      for (let end; (end = request.responseText.indexOf("\n", read)) >= 0; read = end + 1) {
        last = JSON.parse(request.responseText.slice(read, end));
        if (last.phase) show(line, phases[last.phase] ?? words.checking, last.done, last.total);
      }
    };
    request.open("POST", address);
    request.setRequestHeader("Accept", "application/x-ndjson, text/html;q=0.1");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) show(line, words.sending, event.loaded, event.total);
    });
    request.upload.addEventListener("load", () => show(line, words.checking, 0, null));
    request.addEventListener("progress", () => {
      if (request.getResponseHeader("Content-Type")?.startsWith("application/x-ndjson")) readLines();
    });
    request.addEventListener("load", () => {
      if (request.getResponseHeader("Content-Type")?.startsWith("application/x-ndjson")) readLines();
      const page = new DOMParser().parseFromString(last ? "" : request.responseText, "text/html");
      const told = page.querySelector("main .notice-error, main [data-result]")?.textContent.trim();
      if (last && !last.phase) resolve(last);
      else reject(Object.assign(new Error("no result"), { told }));
    });
    request.addEventListener("error", () => reject(new Error("no connection")));
    request.send(body);
  });
}

function show(line, word, done, total) {
  const bar = line.children[2];
  line.children[1].textContent = total ? `${word} ${Math.floor((100 * done) / total)} %` : word;
  if (total) bar.value = done / total;
  else bar.removeAttribute("value");
}

// The list lies here still, so its marked copy costs one click.
function markedButton(group, fields) {
  const button = part("button", words.marked);
  button.className = "button";
  button.type = "button";
  button.addEventListener("click", async () => {
    const body = new FormData();
    for (const [name, value] of fields) body.append(name, value);
    for (const file of group) body.append("file", file);
    const answer = await fetch(`${form.action}/marked`, { method: "POST", body });
    if (!answer.ok) {
      button.replaceWith(part("p", words.lost));
      return;
    }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = group[0].name.replace(/(\.[^.]*)?$/, (suffix) => ` - errors${suffix}`);
    link.click();
    URL.revokeObjectURL(link.href);
  });
  return button;
}

let tusIsThere = null;
function loadTus() {
  tusIsThere ??= new Promise((resolve) => {
    const script = document.createElement("script");
    script.src = words.tus;
    script.addEventListener("load", () => resolve(Boolean(window.tus?.isSupported)));
    script.addEventListener("error", () => resolve(false)); // not brought: the file goes in one piece
    document.head.append(script);
  });
  return tusIsThere;
}

function fieldsOfForm() {
  const fields = new FormData(form);
  fields.delete("file");
  return fields;
}

function isList(file) {
  return /\.(xlsx|csv)\s*$/i.test(file.name.normalize("NFKC").replace(/[\p{Cc}\p{Cf}\p{Co}]/gu, ""));
}

function failure(file, text) {
  const article = part("article", "");
  article.className = "card result";
  article.append(part("h3", file.name), part("p", text));
  article.lastChild.className = "notice notice-error";
  return article;
}

function part(name, text) {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}
