// a link to a theorem shows it, under the pointer or the focus; Escape puts it away, and so does leaving both
if (matchMedia("(hover: hover)").matches) {
  const here = document.currentScript.src, read = {}, waiting = {}, box = document.createElement("div");
  let link, timer;
  box.id = "preview";
  box.setAttribute("role", "tooltip");
  window.statements = (page, outlines, said) => waiting[page]([outlines, said]);    // each file calls it
  const statements = page => read[page] ||= new Promise(done => {
    waiting[page] = done;
    const script = document.createElement("script");
    script.src = new URL(`statements/${page}.js`, here);
    document.head.append(script);
  });
  const hide = () => {
    link?.removeAttribute("aria-describedby");
    link = null;
    box.remove();
  };
  const show = async theorem => {
    hide();
    link = theorem;
    const [, page, name] = /([\w-]+)\.html#([\w-]+)$/.exec(theorem.href);
    const [outlines, said] = await statements(page);
    if (link !== theorem || !said[name]) return;
    box.innerHTML = outlines + said[name];
    document.body.append(box);
    link.setAttribute("aria-describedby", box.id);
    const place = link.getClientRects()[0], above = place.top - box.offsetHeight;
    const fits = place.bottom + box.offsetHeight < innerHeight || above < 0;
    box.style.top = `${scrollY + (fits ? place.bottom : above)}px`;
    box.style.left = `${Math.max(8, Math.min(place.left, innerWidth - box.offsetWidth - 24))}px`;
  };
  const theoremAt = target => target.closest("article a[href*='.html#claim-'], article a[href^='#claim-']");
  document.addEventListener("mouseover", ({target}) => {
    const theorem = theoremAt(target);
    clearTimeout(timer);
    if (theorem && theorem !== link) timer = setTimeout(show, 300, theorem);
    else if (link && !theorem && !box.contains(target) && document.activeElement !== link) timer = setTimeout(hide, 300);
  });
  document.addEventListener("focusin", ({target}) => {
    clearTimeout(timer);
    const theorem = theoremAt(target);
    if (theorem) show(theorem);
    else hide();
  });
  document.addEventListener("keydown", event => {
    if (event.key === "Escape") hide();
  });
}
