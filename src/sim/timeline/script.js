"use strict";
const frame = document.getElementById("frame");
const steps = [...document.querySelectorAll("#chart g[role]")];
const what = document.getElementById("what");
const details = document.getElementById("details");
let chosen = -1;
const lane = (step) => step.querySelector("rect").getAttribute("x");

function tell(step) {
  const [head, ...events] = step.getAttribute("aria-label").split("\n");
  what.textContent = head;
  details.replaceChildren(...events.map((event) => {
    const item = document.createElement("li");
    item.textContent = event;
    return item;
  }));
}

function choose(at) {
  if (at < 0 || at >= steps.length) return;
  // One step is in the order of tabs: the keys go to the others.
  if (chosen >= 0) {
    steps[chosen].classList.remove("on");
    steps[chosen].setAttribute("tabindex", "-1");
  }
  chosen = at;
  const step = steps[at];
  step.classList.add("on");
  step.setAttribute("tabindex", "0");
  tell(step);
}

function go(at) {
  if (at < 0 || at >= steps.length) return;
  choose(at);
  steps[at].focus({ preventScroll: true });
  // Clear of the names, which stand above.
  const box = steps[at].getBoundingClientRect();
  const view = frame.getBoundingClientRect();
  const top = view.top + frame.firstElementChild.offsetHeight;
  if (box.top < top || box.bottom > view.bottom) {
    frame.scrollTop += box.top - (top + view.bottom) / 2;
  }
  if (box.left < view.left || box.right > view.right) {
    frame.scrollLeft += box.left - (view.left + view.right) / 2;
  }
}

function find(from, by, fits) {
  for (let at = from + by; at >= 0 && at < steps.length; at += by) {
    if (fits(steps[at])) return at;
  }
  return -1;
}

const isMarked = (step) => step.getAttribute("aria-label").includes("\ndeviation ");
const isStruck = (step) => step.classList.contains("struck");
/** The next of its kind, and after the last one the first. */
const next = (fits) => {
  const at = find(chosen, 1, fits);
  return at < 0 ? find(-1, 1, fits) : at;
};

const places = {
  first: () => 0,
  last: () => steps.length - 1,
  mark: () => next(isMarked),
  struck: () => next(isStruck),
};
for (const button of document.querySelectorAll("[data-go]")) {
  const place = places[button.dataset.go];
  button.addEventListener("click", () => go(place()));
  const fits = { mark: isMarked, struck: isStruck }[button.dataset.go];
  button.disabled = steps.length === 0 || (fits !== undefined && !steps.some(fits));
}

frame.addEventListener("keydown", (event) => {
  const here = chosen < 0 ? 0 : lane(steps[chosen]);
  const same = (step) => lane(step) === here;
  const to = {
    ArrowDown: () => chosen + 1,
    ArrowUp: () => chosen - 1,
    ArrowRight: () => find(chosen, 1, same),
    ArrowLeft: () => find(chosen, -1, same),
    Home: () => 0,
    End: () => steps.length - 1,
  }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  go(to());
});
steps.forEach((step, at) => {
  step.addEventListener("focus", () => choose(at));
  step.addEventListener("mouseenter", () => tell(step));
  step.addEventListener("mouseleave", () => chosen >= 0 && tell(steps[chosen]));
  step.addEventListener("click", () => go(at));
});
// The first deviation, where there is one, is where to begin.
choose(Math.max(0, find(-1, 1, isMarked)));
