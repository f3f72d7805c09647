// Without it the page reads just the same; with it a click on a head sorts its table.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const value = (row, i) => {
    const text = row.cells[i].textContent.trim();
    const number = parseFloat(text.replace(/,/g, ""));
    return text === "–" ? -1 : Number.isNaN(number) || i === 0 ? text : number;
  };
  [...table.tHead.rows[0].cells].forEach((head, i) => {
    if (!head.textContent) return;
    const button = document.createElement("button");
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const up = head.ariaSort === "descending" || (i === 0 && head.ariaSort !== "ascending");
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.ariaSort = up ? "ascending" : "descending";
      const sign = up ? 1 : -1;
      const rows = [...body.rows].sort((a, b) => {
        const [x, y] = [value(a, i), value(b, i)];
        return sign * (typeof x === "string" ? x.localeCompare(y) : x - y);
      });
      body.append(...rows);
    });
  });
}
