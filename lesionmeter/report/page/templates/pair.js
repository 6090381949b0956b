document.querySelectorAll(".pair").forEach(pair => {
  const find = name => pair.querySelector(name);
  const over = find(".over"), swipe = find("input"), words = find("output");
  const blink = find(".blink"), checker = find(".checker");
  const { earlier, later } = words.dataset;
  let timer = 0, first = true;
  find(".under").src = find(".later").src;
  over.src = find(".earlier").src;
  const press = (button, down) => button.setAttribute("aria-pressed", down);
  const pressed = button => button.getAttribute("aria-pressed") === "true";
  const draw = () => {
    over.className = pressed(checker) ? "over fields" : "over";
    over.style.visibility = pressed(blink) && !first ? "hidden" : "visible";
    over.style.clipPath = pressed(blink) || pressed(checker) ? "none" : `inset(0 ${100 - swipe.value}% 0 0)`;
    words.textContent = pressed(blink) ? (first ? earlier : later)
      : pressed(checker) ? `fields of ${earlier} and ${later}` : `left ${earlier}, right ${later}`;
  };
  const stop = () => { clearInterval(timer); press(blink, false); first = true; };
  blink.addEventListener("click", () => {
    const start = !pressed(blink);
    stop();
    press(checker, false);
    if (start) {
      press(blink, true);
      timer = setInterval(() => { first = !first; draw(); }, 700);
    }
    draw();
  });
  checker.addEventListener("click", () => { const down = !pressed(checker); stop(); press(checker, down); draw(); });
  swipe.addEventListener("input", () => { stop(); press(checker, false); draw(); });
  draw();
  find(".play").hidden = false;
});
