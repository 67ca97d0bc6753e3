// what is copied from a page has its formulas as TeX, where they stand
document.addEventListener("copy", event => {
  const selection = getSelection(), copied = document.createElement("div");
  for (let n = 0; n < selection.rangeCount; n++)
    copied.append(selection.getRangeAt(n).cloneContents());
  const formulas = copied.querySelectorAll("[data-tex]");
  if (!formulas.length) return;
  for (const formula of formulas) {
    const sign = formula.matches("div") ? "$$" : "$";
    formula.replaceWith(sign + formula.dataset.tex + sign);
  }
  document.body.append(copied);      // only what is in the page has its lines apart
  event.clipboardData.setData("text/plain", copied.innerText);
  copied.remove();
  event.preventDefault();
});
