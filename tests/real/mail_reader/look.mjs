// Shows mails in Chromium at phone and desktop width, in light and in dark, asks axe-core what a
// person with a disability would stumble over, and keeps a picture of each.
// usage: look.mjs CHROMIUM FOLDER_OF_HTML [FOLDER_FOR_PICTURES]
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { chromium } from "playwright-core";

const [program, mails, pictures] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const widths = { phone: { width: 390, height: 844 }, desktop: { width: 1100, height: 900 } };
const browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox"] });
let looks = 0;
let wrong = 0;
const tell = (where, what) => {
  wrong += 1;
  console.log(`${where}: ${what}`);
};
for (const [width, viewport] of Object.entries(widths)) {
  for (const colorScheme of ["light", "dark"]) {
    const context = await browser.newContext({ viewport, colorScheme, offline: true });
    const page = await context.newPage();
    for (const file of readdirSync(mails).filter((name) => name.endsWith(".html")).sort()) {
      const where = `${path.basename(file, ".html")} ${width} ${colorScheme}`;
      const asked = [];
      const ask = (request) => asked.push(request.url());
      page.on("request", ask);
      await page.setContent(readFileSync(path.join(mails, file), "utf8"));
      page.off("request", ask);
      if (asked.length > 0) tell(where, `asks for ${asked}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wide > 0) tell(where, `is ${wide} pixels too wide`);
      // Our own elements alone: what a post says never becomes one.
      const elements = await page.evaluate(() =>
        [...new Set([...document.body.querySelectorAll("*")].map((one) => one.localName))]);
      const known = ("a b bdi blockquote br code dd div dl dt em h1 h2 h3 img li ol p span strong table " +
        "tbody td th tr ul wbr").split(" ");
      for (const one of elements) {
        if (!known.includes(one)) tell(where, `holds <${one}>`);
      }
      // Plots come along with the mail, and say in words what they show.
      const images = await page.evaluate(() => [...document.images].map((one) => ({
        ours: one.getAttribute("src").startsWith("data:image/png;base64,"),
        shown: one.complete && one.naturalWidth > 0 && one.clientWidth > 0,
        words: one.alt,
      })));
      for (const image of images) {
        if (!image.ours || !image.shown) tell(where, "holds an image that is not ours, or broken");
        if (image.words.length < 20) tell(where, `an image says no more than '${image.words}'`);
      }
      const wanted = file.includes("report") ? 1 : 0;
      if (images.length !== wanted) tell(where, `${images.length} images, not ${wanted}`);
      await page.evaluate(axe);
      const found = await page.evaluate(() => globalThis.axe.run(document, {
        resultTypes: ["violations"],
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      }));
      for (const violation of found.violations) {
        const line = `${violation.impact}: ${violation.id} at ${violation.nodes[0].target}`;
        if (["serious", "critical"].includes(violation.impact)) tell(where, line);
        else console.log(`  ${where}: ${line}`);
      }
      looks += 1;
      if (pictures && !file.startsWith("hostile")) {
        await page.screenshot({ path: path.join(pictures, `${where.replaceAll(" ", "-")}.png`),
                                fullPage: true });
      }
    }
    await context.close();
  }
}
await browser.close();
console.log(`${looks} looks, ${wrong} wrong`);
process.exit(wrong > 0 || looks === 0 ? 1 : 0);
