// Stacked bars of the table of counts: the table stays the truth, the chart only draws it.
// Certainties differ by pattern as well as by colour.

const MOST_BARS = 40;
const MOST_DAYS = 4000;
const DAY_MS = 86_400_000;
const figure = document.querySelector("[data-chart-of]");
const table = figure && document.getElementById(figure.dataset.chartOf);
if (figure && table) whenReady(() => draw(figure, table));

function whenReady(run) {
  // Module scripts and deferred scripts run in order of the document; ECharts came first.
  if (window.echarts) run();
  else addEventListener("load", () => window.echarts && run());
}

function read(source) {
  const series = [...source.tHead.querySelectorAll("[data-series]")].map((cell) => ({
    key: cell.dataset.series, name: cell.textContent.trim(),
  }));
  const rows = [...source.tBodies[0].rows].map((row) => ({
    name: row.cells[0].textContent.trim(),
    values: [...row.querySelectorAll("[data-value]")].map((cell) => Number(cell.dataset.value)),
  }));
  return { series, rows };
}

function draw(target, source) {
  const { series, rows } = read(source);
  if (rows.length === 0) return;
  target.hidden = false;
  const byDay = target.dataset.kind === "day";
  const shown = byDay ? everyDay(rows) : rows.slice(0, MOST_BARS).reverse();
  const chart = window.echarts.init(target, null, { renderer: "svg" });
  const render = () => chart.setOption(option(shown, series, byDay), true);
  render();
  new ResizeObserver(() => chart.resize()).observe(target);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", render);
}

// A day on which nothing happened takes its place, too: a gap of a week looks like one.
function everyDay(rows) {
  const days = rows.filter((row) => /^\d{4}-\d{2}-\d{2}$/.test(row.name)).sort((a, b) => (a.name < b.name ? -1 : 1));
  const others = rows.filter((row) => !days.includes(row));
  if (days.length < 2) return rows;
  const known = new Map(days.map((row) => [row.name, row]));
  const last = Date.parse(days[days.length - 1].name);
  const filled = [];
  for (let at = Date.parse(days[0].name); at <= last && filled.length < MOST_DAYS; at += DAY_MS) {
    const name = new Date(at).toISOString().slice(0, 10);
    filled.push(known.get(name) ?? { name, values: days[0].values.map(() => 0) });
  }
  return Date.parse(filled[filled.length - 1].name) < last ? rows : [...filled, ...others];
}

function option(rows, series, byDay) {
  const style = getComputedStyle(document.documentElement);
  const color = (name) => style.getPropertyValue(name).trim();
  const number = new Intl.NumberFormat(document.documentElement.lang);
  const names = { type: "category", data: rows.map((row) => row.name), axisTick: { show: false },
    axisLine: { lineStyle: { color: color("--line") } },
    axisLabel: { color: color("--quiet"), width: 130, overflow: "truncate" } };
  const counts = { type: "value", minInterval: 1, splitLine: { lineStyle: { color: color("--line") } },
    axisLabel: { color: color("--quiet"), hideOverlap: true, formatter: (value) => number.format(value) } };
  return {
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 250,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    aria: { enabled: false, decal: { show: false } },
    legend: { top: 12, left: 16, itemWidth: 14, itemHeight: 14, textStyle: { color: color("--ink") } },
    grid: { left: 16, right: 24, top: 52, bottom: byDay && rows.length > 60 ? 56 : 16, containLabel: true },
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, confine: true,
      backgroundColor: color("--card"), borderColor: color("--line"), textStyle: { color: color("--ink") },
      valueFormatter: (value) => number.format(value) },
    dataZoom: byDay && rows.length > 60 ? [{ type: "slider", height: 24, bottom: 12 }] : [],
    xAxis: byDay ? names : counts,
    yAxis: byDay ? counts : names,
    series: series.map((each, index) => ({
      type: "bar", stack: "all", name: each.name, barMaxWidth: 34,
      data: rows.map((row) => row.values[index]),
      itemStyle: { color: color(`--chart-${each.key}`), decal: decal(each.key) },
    })),
  };
}

function decal(key) {
  if (key === "exact") return { symbol: "none" };
  const lines = { color: "rgb(0 0 0 / .28)", dashArrayX: [1, 0], dashArrayY: [2, 5] };
  return key === "possible" ? { ...lines, rotation: -Math.PI / 4 } : { ...lines, symbol: "circle", dashArrayX: [[8, 8], [0, 8, 8, 0]], dashArrayY: [6, 0], symbolSize: 0.6 };
}
