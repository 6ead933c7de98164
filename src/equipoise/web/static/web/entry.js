/* Entry that never loses a value: a field that is not saved says so, keeps what was typed, and is sent again.
   Written for these pages; needs htmx. Without JavaScript the same page is one plain form. */
(function () {
  "use strict";
  var WAITS = [2000, 5000, 10000, 30000];
  var words = function () { var page = document.getElementById("words"); return page ? page.dataset : {}; };
  var isItem = function (element) { return element && element.matches && element.matches("fieldset.item"); };

  /** What stands in the fields of an item now, without the names of the request. */
  function content(item) {
    return Array.from(item.querySelectorAll("input, select, textarea"))
      .filter(function (field) { return field.type !== "hidden" && (field.type !== "radio" || field.checked); })
      .map(function (field) { return field.name + "=" + (field.type === "checkbox" ? field.checked : field.value); })
      .join("\n");
  }
  function say(item, text) { var mark = item.querySelector(".mark"); if (mark && text) { mark.textContent = text; } }
  function unsaved(item) { item.classList.add("unsaved"); say(item, words().unsaved); }
  function send(item) { item.dispatchEvent(new Event("resend")); }

  /** Another value is another request; the same value sent again is the same one. */
  function touched(event) {
    var item = event.target.closest && event.target.closest("fieldset.item");
    if (!item || event.target.type === "hidden" || event.target.dataset.aside !== undefined) { return; }
    var request = item.querySelector("input[data-request]");
    if (request && window.crypto && crypto.randomUUID) { request.value = crypto.randomUUID(); }
    if (event.target.type !== "radio" && event.target.type !== "checkbox") { unsaved(item); }
    item.dataset.tries = "0";
  }
  document.addEventListener("input", touched);

  /** A reason beside an answer is sent by its button, not by leaving the field. */
  document.addEventListener("change", function (event) {
    if (event.target.dataset && event.target.dataset.aside !== undefined) { event.stopPropagation(); }
  }, true);

  /** Enter goes on to the next item, or presses the button beside a reason; the page itself is never sent. */
  document.addEventListener("keydown", function (event) {
    var field = event.target;
    if (event.key !== "Enter" || !field.matches || !field.matches("form[data-page] input")) { return; }
    event.preventDefault();
    if (field.dataset.aside !== undefined) { field.parentElement.querySelector("button").click(); return; }
    var all = Array.from(document.querySelectorAll("fieldset.item:not([hidden])"));
    var next = all[all.indexOf(field.closest("fieldset.item")) + 1];
    var first = next && next.querySelector(".entry input:not([type=hidden]), .entry select, .entry textarea");
    if (first) { first.focus(); } else { field.blur(); }
  });

  document.addEventListener("htmx:beforeRequest", function (event) {
    if (!isItem(event.detail.target)) { return; }
    var item = event.detail.target;
    item.dataset.sent = content(item);
    unsaved(item);
    say(item, words().saving);
  });

  /** Only an answer that is an item may take its place; and not over what was typed meanwhile. */
  document.addEventListener("htmx:beforeSwap", function (event) {
    var item = event.detail.target;
    if (!isItem(item)) { return; }
    if (event.detail.xhr.getResponseHeader("X-Item") === null) {
      event.detail.shouldSwap = false;
      failed(item, event.detail.xhr.status < 500 ? words().login : words().unsaved);
    } else if (item.dataset.sent !== undefined && item.dataset.sent !== content(item)) {
      var version = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html").querySelector("input[data-version]");
      var own = item.querySelector("input[data-version]");
      if (version && own) { own.value = version.value; }
      event.detail.shouldSwap = false;
      unsaved(item);
      send(item);
    }
  });

  function failed(item, text) {
    var tries = Number(item.dataset.tries || 0);
    item.dataset.tries = String(tries + 1);
    unsaved(item);
    say(item, text);
    window.setTimeout(function () { if (document.contains(item)) { send(item); } }, WAITS[Math.min(tries, WAITS.length - 1)]);
  }
  ["htmx:sendError", "htmx:timeout", "htmx:responseError"].forEach(function (name) {
    document.addEventListener(name, function (event) {
      if (isItem(event.detail.target) && event.detail.target.classList.contains("unsaved")) {
        if (name !== "htmx:responseError") { failed(event.detail.target, words().unsaved); }
      }
    });
  });
  window.addEventListener("online", function () { document.querySelectorAll("fieldset.item.unsaved").forEach(send); });

  window.addEventListener("beforeunload", function (event) {
    if (document.querySelector("fieldset.item.unsaved")) { event.preventDefault(); }
  });
  document.addEventListener("submit", function (event) {
    event.target.querySelectorAll("fieldset.item.unsaved").forEach(function (item) { item.classList.remove("unsaved"); });
    if (event.target.dataset.once !== undefined) {
      if (event.target.dataset.pressed) { event.preventDefault(); }
      event.target.dataset.pressed = "1";
    }
  });

  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-print]")) { window.print(); }
  });
})();
