// Sorts tables and shows the rest of long ones, opens what a link leads to, plays the videos and reloads a page that is followed; the page is whole without this.
(() => {
  const value = (row, column) => {
    const cell = row.cells[column];
    if (!cell) return null;
    if (cell.dataset.value !== undefined) return Number(cell.dataset.value);
    return cell.classList.contains("none") ? null : cell.textContent.trim().toLowerCase();
  };
  const compare = (a, b) => (a === null ? (b === null ? 0 : 1) : b === null ? -1 : a < b ? -1 : a > b ? 1 : 0);
  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.querySelectorAll("tr.heads th")];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const falling = head.getAttribute("aria-sort") === "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", falling ? "descending" : "ascending");
        const body = table.tBodies[0];
        const rows = [...body.rows].map((row, place) => ({ row, place, key: value(row, column) }));
        const failed = (entry) => entry.row.classList.contains("failed");
        rows.sort((a, b) => {
          if (failed(a) || failed(b)) return failed(a) - failed(b) || a.place - b.place;
          if (a.key === null || b.key === null) return compare(a.key, b.key) || a.place - b.place;
          return (falling ? -1 : 1) * compare(a.key, b.key) || a.place - b.place;
        });
        body.append(...rows.map((entry) => entry.row));
      });
    });
  }
  for (const table of document.querySelectorAll("table.scores")) {
    const count = table.tBodies[0].rows.length;
    if (count <= 100) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "whole-table";
    button.textContent = `These are the first 100 rows: show all ${count}`;
    button.addEventListener("click", () => {
      table.classList.add("whole");
      button.remove();
    });
    table.parentElement.after(button);
  }

  // What stands behind a run is text until somebody opens it: a page of many runs is read in no time.
  const fill = (run) => {
    const text = run.querySelector("noscript");
    if (text) text.outerHTML = text.textContent;
  };
  for (const run of document.querySelectorAll("details.run")) run.addEventListener("toggle", () => fill(run));
  // Whatever a link leads to may be inside of something that is closed.
  const open = () => {
    const name = decodeURIComponent(location.hash.slice(1));
    if (!name) return;
    const run = document.getElementById(name.replace(/^s-(.*)-\d+$/, "r-$1"));
    if (run && run.matches("details.run")) fill(run);
    const target = document.getElementById(name);
    const box = target && target.closest("details");
    if (box) {
      box.open = true;
      // It is a target only now that it is there.
      location.replace(location.hash);
      target.scrollIntoView({ block: "center" });
    }
  };
  addEventListener("hashchange", open);
  open();

  // One clock for every video: a phase from 0 to 1, and for each length of a strip the frame that is shown.
  const root = document.documentElement;
  const lengths = [...new Set([...document.querySelectorAll(".film")].map((film) => Number(film.style.getPropertyValue("--n"))))]
    .filter((length) => length > 1);
  if (lengths.length) {
    const most = Math.max(...lengths);
    let frame = 0;
    let timer = null;
    const bar = document.createElement("div");
    bar.id = "clock";
    const button = document.createElement("button");
    button.type = "button";
    const slider = document.createElement("input");
    slider.type = "range";
    slider.min = 0;
    slider.max = most - 1;
    slider.setAttribute("aria-label", "frame of every video");
    bar.append(button, slider);
    const show = (next) => {
      frame = next % most;
      slider.value = frame;
      for (const length of lengths) {
        const own = length === most ? frame : Math.floor((frame * length) / most);
        root.style.setProperty(`--f${length}`, own / (length - 1));
      }
    };
    const play = (plays) => {
      clearInterval(timer);
      timer = plays ? setInterval(() => show(frame + 1), 125) : null;
      button.textContent = plays ? "Pause" : "Play";
    };
    button.addEventListener("click", () => play(timer === null));
    slider.addEventListener("input", () => {
      play(false);
      show(Number(slider.value));
    });
    root.classList.add("plays");
    document.querySelector("#pictures h2").after(bar);
    show(0);
    play(!matchMedia("(prefers-reduced-motion: reduce)").matches);
  }

  const seconds = Number(document.body.dataset.reload);
  if (seconds) {
    // Whoever writes the page renews its time each minute. An old time: the writer ended without a last word.
    const silence = Date.now() - Date.parse(document.body.dataset.written);
    if (silence < 180000) setTimeout(() => location.reload(), seconds * 1000);
    else document.querySelector(".live").textContent = "no longer written: its program has ended";
  }
})();
