// Looks at the page as a reader would, and writes down what is wrong with it.
"use strict";
const wrong = [];
const say = (what, element) => {
  const text = element ? `: <${element.tagName} ${element.className?.baseVal ?? element.className}> ${element.textContent.slice(0, 60)}` : "";
  if (wrong.length < 40) wrong.push(what + text);
};

// Nothing is wider than what holds it.
const root = document.documentElement;
if (root.scrollWidth > innerWidth) say(`the page is ${root.scrollWidth} wide, the window ${innerWidth}`);
for (const element of document.querySelectorAll("header, header *, aside, aside *, .names b")) {
  if (element.closest("svg") || element.closest(".upright")) continue;
  if (element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== "inline") say("overflows", element);
}
const names = [...document.querySelectorAll(".names b")];
const lefts = names.map((name) => parseFloat(name.style.left));
const lane = parseFloat(names[0].style.width) + 8;
for (const text of document.querySelectorAll("#chart g[role] text:not(.c)")) {
  const block = text.parentNode.querySelector("rect").getBBox();
  const box = text.getBBox();
  if (box.x + box.width > block.x - 5 + lane + 1) say("runs into the next lane", text);
}
const chart = document.getElementById("chart");
for (const text of chart.querySelectorAll("text")) {
  const box = text.getBBox();
  if (box.x < 0 || box.x + box.width > chart.clientWidth) say("is cut by the picture's edge", text);
}

// Text is large enough, and stands out.
const channels = (color) => color.match(/[\d.]+/g).map(Number);
const luminance = (color) => {
  const [r, g, b] = channels(color).slice(0, 3).map((c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a, b) => {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
};
const ground = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const color = getComputedStyle(at).backgroundColor;
    if ((channels(color)[3] ?? 1) > 0) return color;
  }
  return "rgb(255, 255, 255)";
};
const ownText = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
const page = getComputedStyle(document.body).backgroundColor;
const band = document.querySelector(".band");
let texts = 0;
for (const element of document.querySelectorAll("body *:not(script):not(style):not(title)")) {
  if (!ownText(element)) continue;
  texts += 1;
  const style = getComputedStyle(element);
  if (parseFloat(style.fontSize) < 11) say(`${style.fontSize} is too small`, element);
  const inPicture = element.namespaceURI.endsWith("svg");
  const color = inPicture ? style.fill : style.color;
  const behind = !inPicture ? [ground(element)]
    : element.classList.contains("c") ? [getComputedStyle(element.parentNode.querySelector("rect")).fill]
    : band && element.closest("#chart") ? [page, getComputedStyle(band).fill] : [page];
  if (element.disabled) continue;
  for (const other of behind) {
    const ratio = contrast(color, other);
    if (ratio < 4.5) say(`contrast ${ratio.toFixed(2)} of ${color} on ${other}`, element);
  }
}

// Everything has a name, and the keys reach it in order.
const blocks = [...document.querySelectorAll("#chart g[role]")];
for (const block of blocks) {
  if (!/^step \d+, at \d+ ms: ./.test(block.getAttribute("aria-label") ?? "")) say("has no name", block);
}
for (const element of document.querySelectorAll("#chart, section, aside, nav, .legend")) {
  if (!element.getAttribute("aria-label")) say("has no name", element);
}
const reached = [...document.querySelectorAll("button, a, [tabindex]")].filter((element) => element.tabIndex >= 0 && !element.disabled);
const isBlock = (element) => blocks.includes(element);
if (reached.filter(isBlock).length !== 1) say("not exactly one step is in the order of tabs");
if (!isBlock(reached.at(-1))) say("the picture does not come after the buttons");
const press = (key) => {
  const at = document.activeElement;
  at.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  return document.activeElement;
};
document.querySelector("[data-go=first]").click();
if (document.activeElement !== blocks[0]) say("the first step is not reached");
if (press("ArrowDown") !== blocks[1]) say("the arrow does not reach the next step");
if (press("ArrowUp") !== blocks[0]) say("the arrow does not reach the step before");
if (press("End") !== blocks.at(-1)) say("the last step is not reached");
const box = blocks.at(-1).getBoundingClientRect();
if (box.bottom > innerHeight || box.right > innerWidth) say("the last step is chosen and not in view");
const told = () => document.getElementById("what").textContent;
if (!told().startsWith(blocks.at(-1).getAttribute("aria-label").split("\n")[0])) say("focus shows no details");
blocks[2].dispatchEvent(new MouseEvent("mouseenter"));
if (!told().startsWith(blocks[2].getAttribute("aria-label").split("\n")[0])) say("hovering shows no details");
document.querySelector("[data-go=mark]").click();
if (!document.activeElement.getAttribute("aria-label").includes("\ndeviation ")) say("the deviation is not reached");

const result = document.createElement("pre");
result.id = "result";
result.textContent = [`steps ${blocks.length}; lanes ${names.length}; texts ${texts}`, ...wrong].join("\n");
document.body.replaceChildren(result);
