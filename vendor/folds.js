// one button opens all folds of a page, and closes them; a link into a fold opens it
{
  const folds = [...document.querySelectorAll("article details")];
  const button = document.createElement("button");
  const name = () => { button.textContent = folds.every(fold => fold.open) ? "close all" : "open all"; };
  button.className = "open-folds";
  button.title = "Code, evidence and lists that are folded on this page";
  button.addEventListener("click", () => {
    const open = !folds.every(fold => fold.open);
    for (const fold of folds) fold.open = open;
    name();
  });
  document.querySelector(".article-header-buttons")?.prepend(button);
  name();
  const reveal = () => {
    const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    let opened = false;
    for (let part = place; part; part = part.parentElement)
      if (part.matches("details:not([open])")) opened = part.open = true;
    if (opened) place.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();
}
