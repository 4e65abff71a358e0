// What the dossier does besides being read: one page at a time, a list that sorts and
// filters. Everything is text; nothing here makes markup of data.
(function () {
  "use strict";
  const byId = (id) => document.getElementById(id);

  // One page at a time, named by the address.
  const pages = Array.from(document.querySelectorAll(".page"));
  const firstTitle = document.title;

  function pageOf(hash) {
    const target = hash.length > 1 ? byId(hash.slice(1)) : null;
    return { target: target, page: (target && target.closest(".page")) || null };
  }

  function show(moves) {
    const found = pageOf(location.hash);
    const page = found.page || pages[0];
    if (!page || (location.hash.length > 1 && !found.page && found.target)) return;
    pages.forEach((other) => other.classList.toggle("current", other === page));
    const links = Array.from(document.querySelectorAll("nav a"));
    const named = links.find((link) => link.getAttribute("href") === "#" + page.id);
    const fallback = links.find((link) => link.getAttribute("href") === "#participants");
    links.forEach((link) => link.removeAttribute("aria-current"));
    const current = named || fallback;
    if (current) current.setAttribute("aria-current", named ? "page" : "true");
    document.title = page === pages[0] ? firstTitle : page.dataset.title + " – " + firstTitle;
    if (!moves) return;
    if (found.target && found.target !== page) {
      found.target.scrollIntoView();
    } else {
      scrollTo(0, 0);
      byId("main").focus({ preventScroll: true });
    }
  }

  addEventListener("hashchange", () => show(true));
  if (pages.length) show(false);
  // By then the browser has scrolled to the section and hidden what stands above it.
  addEventListener("load", () => {
    if (location.hash.length > 1) show(true);
  });

  // On paper nothing can be opened: evidence and reasons are printed in full.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = Array.from(
      document.querySelectorAll(".current :is(.evidence, .reason):not([open])"));
    opened.forEach((part) => { part.open = true; });
  });
  addEventListener("afterprint", () => {
    opened.forEach((part) => { part.open = false; });
  });

  const fold = (text) =>
    text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

  function element(name, className, text) {
    const node = document.createElement(name);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    return node;
  }

  // The pairs.
  const holder = byId("pair-data");
  if (holder) pairs(JSON.parse(holder.textContent));

  function pairs(data) {
    const body = document.querySelector("#pair-table tbody");
    const count = byId("pair-count");
    const collator = new Intl.Collator(document.documentElement.lang);
    const folded = data.people.map((person) => fold(person[0] + " " + person[4]));
    let order = { column: "score", ascending: false };
    let start = 0;
    let rows = data.pairs.slice();

    const fill = (text, values) => text.replace(/\{(\d)\}/g, (whole, at) => values[at]);
    const whole = (value) => {
      const digits = String(value);
      // Spanish leaves four digits together.
      if (digits.length < (document.documentElement.lang === "es" ? 5 : 4)) return digits;
      return digits.replace(/\B(?=(\d{3})+$)/g, data.texts.separator);
    };
    const decimal = (value, places) => value.toFixed(places).replace(".", data.point);

    const keys = {
      left: (a, b) => collator.compare(data.people[a.l][0], data.people[b.l][0]),
      right: (a, b) => collator.compare(data.people[a.r][0], data.people[b.r][0]),
      network: (a, b) => {
        const label = (row) => (row.n.length ? data.networks[row.n[0]][0] : "~");
        return collator.compare(label(a), label(b)) || b.s - a.s;
      },
      score: (a, b) => a.s - b.s,
    };

    function chosen() {
      const text = fold(byId("pair-text").value.trim());
      const network = byId("pair-network").value;
      const country = byId("pair-country").value;
      const score = Number(byId("pair-score").value);
      return data.pairs.filter(
        (row) =>
          row.s >= score &&
          (!text || folded[row.l].includes(text) || folded[row.r].includes(text)) &&
          (!network || row.n.some((place) => data.networks[place][0] === network)) &&
          (!country || data.people[row.l][2] === country || data.people[row.r][2] === country)
      );
    }

    function who(name, person) {
      const cell = element(name, "who");
      if (name === "th") cell.scope = "row";
      const text = element("bdi", "", person[0]);
      if (person[1]) text.title = person[1];
      if (person[3]) {
        const link = element("a");
        link.href = "#" + person[3];
        link.append(text);
        cell.append(link);
      } else {
        cell.append(text);
      }
      cell.append(" ", element("span", "country", data.countries[person[2]]));
      return cell;
    }

    function drawing(row) {
      const space = "http://www.w3.org/2000/svg";
      const svg = document.createElementNS(space, "svg");
      svg.setAttribute("class", "factor-bar");
      svg.setAttribute("viewBox", "0 0 100 12");
      svg.setAttribute("preserveAspectRatio", "none");
      svg.setAttribute("role", "img");
      const said = [];
      let x = 0;
      for (const [place, value] of row.f) {
        const width = (100 * value) / data.most;
        const part = document.createElementNS(space, "rect");
        part.setAttribute("class", "part " + data.factors[place][0]);
        part.setAttribute("x", x.toFixed(2));
        part.setAttribute("y", "0");
        part.setAttribute("width", Math.max(0.2, width - 0.35).toFixed(2));
        part.setAttribute("height", "12");
        const title = document.createElementNS(space, "title");
        title.textContent = data.factors[place][1] + ": " + decimal(value, 3);
        part.append(title);
        svg.append(part);
        said.push(title.textContent);
        x += width;
      }
      svg.setAttribute("aria-label", data.texts.madeOf + ": " + said.join(", "));
      return svg;
    }

    function line(row) {
      const left = data.people[row.l];
      const right = data.people[row.r];
      const line = element("tr");
      line.dataset.pair = left[4] + " " + right[4];
      line.append(who("th", left), who("td", right));
      const networks = element("td", "networks");
      for (const place of row.n) {
        const network = data.networks[place];
        const chip = element("span", "chip " + network[1], network[0]);
        chip.title = network[2];
        networks.append(chip);
      }
      const score = element("td", "score number");
      if (row.p) score.append(element("span", "tag", data.texts.pinned));
      score.append(element("span", "figure", decimal(row.s, 3)), drawing(row));
      line.append(networks, score);
      return line;
    }

    function draw(limit) {
      const end = Math.min(rows.length, start + (limit || data.page));
      body.replaceChildren(...rows.slice(start, end).map(line));
      count.textContent = rows.length
        ? rows.length === 1
          ? data.texts.one
          : fill(data.texts.many, [whole(rows.length)])
        : data.texts.none;
      byId("pair-pager").hidden = rows.length <= data.page;
      byId("pair-range").textContent = fill(data.texts.range, [
        whole(start + 1), whole(end), whole(rows.length),
      ]);
      byId("pair-previous").disabled = start === 0;
      byId("pair-next").disabled = end >= rows.length;
    }

    function markMap() {
      const map = byId("map");
      if (!map) return;
      const isWhole = rows.length === data.pairs.length;
      map.classList.toggle("filtered", !isWhole);
      if (isWhole) return;
      const kept = new Set(rows.map((row) => data.people[row.l][4] + " " + data.people[row.r][4]));
      map.querySelectorAll("[data-pair]").forEach((mark) =>
        mark.classList.toggle("kept", kept.has(mark.dataset.pair)));
    }

    function update() {
      rows = chosen();
      const compare = keys[order.column];
      const sign = order.ascending ? 1 : -1;
      rows.sort((a, b) => sign * compare(a, b));
      start = 0;
      draw();
      markMap();
    }

    const form = byId("pair-filters");
    const slider = byId("pair-score");
    function showScore() {
      byId("pair-score-value").textContent = decimal(Number(slider.value), 2);
    }
    form.addEventListener("input", () => {
      showScore();
      update();
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    // The fields have their first values only after the event.
    form.addEventListener("reset", () => setTimeout(() => {
      showScore();
      update();
    }));
    document.querySelectorAll("#pair-table th[data-column]").forEach((head) => {
      head.querySelector("button").addEventListener("click", () => {
        const column = head.dataset.column;
        order = {
          column: column,
          ascending: order.column === column ? !order.ascending : column !== "score",
        };
        document.querySelectorAll("#pair-table th[data-column]").forEach((other) => {
          if (other === head) {
            other.setAttribute("aria-sort", order.ascending ? "ascending" : "descending");
          } else {
            other.removeAttribute("aria-sort");
          }
        });
        update();
      });
    });
    byId("pair-previous").addEventListener("click", () => {
      start = Math.max(0, start - data.page);
      draw();
    });
    byId("pair-next").addEventListener("click", () => {
      start += data.page;
      draw();
    });
    // Paper has no pages to turn: as many rows as anybody would read.
    addEventListener("beforeprint", () => {
      start = 0;
      draw(500);
    });
    addEventListener("afterprint", () => draw());
    draw();
  }

  // The list of participants.
  const find = byId("people-text");
  if (find) {
    const items = Array.from(document.querySelectorAll(".people li")).map((item) => ({
      item: item,
      text: fold(item.querySelector(".who").textContent + " " + item.dataset.participant),
    }));
    byId("people-filters").addEventListener("submit", (event) => event.preventDefault());
    find.addEventListener("input", () => {
      const text = fold(find.value.trim());
      items.forEach((entry) => { entry.item.hidden = !entry.text.includes(text); });
      document.querySelectorAll(".people-group").forEach((group) => {
        group.hidden = text !== "" && !group.querySelector("li:not([hidden])");
      });
    });
  }
})();
