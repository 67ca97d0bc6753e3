// "What is your soft label?": the questions show one card. Without this script all cards are there, folded.
for (const chooser of document.querySelectorAll(".chooser")) {
  const leads = JSON.parse(chooser.dataset.cards), names = Object.keys(leads);
  const card = name => document.getElementById("card-" + name);
  const questions = [...chooser.querySelectorAll("fieldset")];
  const said = chooser.querySelector("[role=status]"), button = chooser.querySelector("button");
  const answers = () => Object.fromEntries([...chooser.querySelectorAll("fieldset:not([hidden]) input:checked")]
    .map(input => [input.name, input.value]));
  const holds = (when, given) => Object.entries(when).every(([name, value]) => given[name] === value);
  const chosen = given => names.find(name => leads[name].some(when => holds(when, given)))
    || names.slice(0, 1).find(name => leads[name].some(when => holds(given, when)));
  const ask = () => questions.forEach(question => {     // one after the other: each may hide the next
    question.hidden = !holds(JSON.parse(question.dataset.when), answers());
  });
  const show = name => {
    for (const other of names) {
      card(other).hidden = other !== name;
      card(other).open = other === name;
    }
    said.textContent = name ? "Your card: " + card(name).querySelector("summary").textContent.trim() + "."
      : "One more question.";
    button.hidden = false;
  };
  const fromAddress = () => {
    const name = location.hash.replace("#card-", "");
    if (!leads[name]) return false;
    const [when] = leads[name];
    for (const input of chooser.querySelectorAll("input")) input.checked = when[input.name] === input.value;
    ask();
    show(name);
    return true;
  };
  chooser.addEventListener("change", () => {
    ask();
    const name = chosen(answers());
    show(name);
    if (name) history.replaceState(null, "", "#card-" + name);
  });
  button.addEventListener("click", () => {
    for (const name of names) card(name).hidden = false;
    said.textContent = "";
    button.hidden = true;
  });
  addEventListener("hashchange", fromAddress);
  ask();
  fromAddress() || show(names[0]);
  chooser.hidden = false;
}
