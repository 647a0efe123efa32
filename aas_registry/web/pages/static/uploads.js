// Drag and drop, one request per file, with progress. The answer is the very page that a browser
// without scripts would show; its results are moved into this one.

const form = document.getElementById("upload");
const picker = form.querySelector("input[type=file]");
const progressList = document.getElementById("progress");
const results = document.getElementById("results");
const waiting = [];
let busy = false;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  add(picker.files);
  picker.value = "";
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
  for (const file of files) {
    const line = document.createElement("li");
    line.append(part("span", file.name), part("span", form.dataset.waiting), document.createElement("progress"));
    line.children[2].max = 1;
    line.children[2].value = 0;
    progressList.append(line);
    waiting.push({ file, line });
  }
  sendNext();
}

function sendNext() {
  if (busy || waiting.length === 0) return;
  busy = true;
  const { file, line } = waiting.shift();
  const finish = (shown) => {
    line.remove();
    results.prepend(...shown);
    busy = false;
    sendNext();
  };
  if (file.size > Number(form.dataset.limit)) {
    finish([failure(file, form.dataset.over)]);
    return;
  }
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.responseType = "document";
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) line.children[2].value = event.loaded / event.total;
    line.children[1].textContent = form.dataset.sending;
  });
  request.upload.addEventListener("load", () => {
    line.children[1].textContent = form.dataset.checking;
    line.children[2].removeAttribute("value");
  });
  request.addEventListener("load", () => {
    const shown = request.response ? [...request.response.querySelectorAll("[data-result]")] : [];
    finish(shown.length ? shown.map((each) => document.adoptNode(each)) : [failure(file, form.dataset.lost)]);
  });
  request.addEventListener("error", () => finish([failure(file, form.dataset.lost)]));
  const body = new FormData(form);
  body.delete("file");
  body.append("file", file);
  request.send(body);
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
