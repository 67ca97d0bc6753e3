// the claim that has the focus is scrolled wholly into sight, and so is its neighbourhood to the side
document.addEventListener("focusin", event => {
  if (event.target.closest(".claim-graph")) event.target.scrollIntoView({block: "nearest", inline: "center"});
});
