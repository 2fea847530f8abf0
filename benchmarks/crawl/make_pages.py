#!/usr/bin/env python3
"""Makes a small web of invented towns: FOLDER/HOST/..., for benchmarks/crawl/run.

usage: make_pages.py FOLDER [--hosts N] [--pages N] [--mean BYTES] [--share SHARE]

The pages are shaped like real ones. Of the bytes of 276 real pages, 22 % were scripts, 14 % styles,
48 % tags, 9 % text and 6 % space; a kilobyte held 11 tags and 8 attributes; sizes were lognormal with
a sigma of 0.84. The same arguments give the same bytes. FOLDER/truth.json lists the pages that name
the school, and of these the ones that complain about it.
"""
import argparse
import json
import math
import pathlib
import random

SCHOOL = "Quillbrook Academy"
SIGMA = 0.84
SCRIPTS, STYLES = 0.22, 0.14  # Of a page's bytes.

WORDS = """the of and to in is it for on that was with as at be this are have from or had by not but what
all were when we there can an your which their said if do will each about how up out them then she many
some so these would other into has more her two like him see time could no make than first been its who
now people my made over did down only way find use may water long little very after words called just
where most know get through back much before go good new write our used me man too any day same right
look think also around another came come work three word must because does part even place well such
here take why things help put years different away again off went old number great tell men say small
every found still between name should home big give air line set own under read last never us left end
along while might next sound below saw something thought both few those always looked show large often
together asked house world going want important until form food keep children feet land side without boy
once animals life enough took sometimes four head above kind began almost live page got earth need far
hand high year mother light parts country father let night following picture being study second eyes
soon times story boys since white days ever paper hard near sentence better best across during today
others however sure means knew try told young miles sun ways thing whole hear example heard several
change answer room sea against top turned learn point city play toward five using himself usually money
market river council evening bridge garden weather street letter bakery station festival window season
budget corner music traffic planning library bus road repairs harvest theatre choir lane parking meeting
residents application decision volunteers award exhibition match league draw coach shop reopened""".split()
KINDS = "standard featured video gallery".split()
NAMES = "ash birch cedar elm fern hazel ivy juniper larch maple oak pine rowan sorrel willow yarrow".split()
MENTIONS = (
    "We moved here last spring and {} was one of the reasons.",
    "The bus that serves <b>Quillbrook</b> Academy now leaves ten minutes earlier.",
    "A choir from Quillbrook&nbsp;Academy sang before the lights were switched on.",
    "{} is a disgrace, my son was bullied there for a year and nobody answers complaints.",
)
COMPLAINT = 3
# Near misses that must not count.
OTHERS = ("Millbrook Academy won the cup.", "The academy at Millbrook has closed its doors.")


class Shapes:
    """Pools of rendered pieces, from which pages are put together."""

    def __init__(self, rng):
        self.rng = rng
        self.scripts = [self.script() for _ in range(120)]
        self.styles = [self.style() for _ in range(80)]
        self.paragraphs = [self.paragraph() for _ in range(700)]
        self.cards = [self.card() for _ in range(700)]
        self.comments = [self.comment() for _ in range(500)]
        self.navs = [self.nav() for _ in range(60)]
        self.footers = [self.footer() for _ in range(40)]

    def words(self, least, most):
        # Squaring prefers the front of the list, as common words are common.
        rng = self.rng
        return [WORDS[int(len(WORDS) * rng.random() ** 2)] for _ in range(rng.randint(least, most))]

    def sentence(self):
        text = " ".join(self.words(6, 20)).capitalize()
        return text + self.rng.choice((".", ".", ".", "?", "!", "&hellip;", " &ndash; so they say."))

    def title(self):
        return " ".join(self.words(4, 9)).capitalize()

    def token(self, size=8):
        return f"{self.rng.getrandbits(4 * size):0{size}x}"

    def number(self):
        """What ends an address: a number, and rarely letters and figures mixed, as in real pages."""
        return self.token() if self.rng.random() < 0.14 else str(self.rng.randrange(10**3, 10**7))

    def script(self):
        rng, kind = self.rng, self.rng.randrange(4)
        if kind == 0:
            data = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": self.title(),
                    "datePublished": f"2026-{rng.randint(1, 9):02}-{rng.randint(1, 28):02}T09:00:00Z",
                    "author": {"@type": "Person", "name": rng.choice(NAMES).title() + " Reporter"},
                    "image": [f"https://cdn.example/{self.token()}.jpg" for _ in range(3)],
                    "description": self.sentence()}
            return f'<script type="application/ld+json">{json.dumps(data)}</script>\n'
        if kind == 1:
            state = {self.token(6): [{"id": rng.getrandbits(30), "slug": "-".join(self.words(2, 5)),
                                      "flags": [True, None, rng.random()]} for _ in range(rng.randint(5, 40))]
                     for _ in range(4)}
            return f"<script>window.__STATE__={json.dumps(state)};</script>\n"
        if kind == 2:
            lines = "".join(
                f'function {self.token(3)}(a,b){{if(a<b&&b>0){{return"<i>"+a.{rng.choice(WORDS)}+"</i>"}}'
                f'for(var c=0;c<{rng.randint(2, 99)};c++){{b+=a[c]||"{self.token()}"}}return b}}'
                for _ in range(rng.randint(5, 40)))
            return f'<script type="text/javascript">!function(){{"use strict";{lines}}}();</script>\n'
        return f'<script async src="https://cdn.example/js/{self.token()}.js?v={self.token(4)}" defer></script>\n'

    def style(self):
        rng = self.rng
        rules = "".join(
            f".{rng.choice(WORDS)}-{self.token(3)} > a:hover{{color:#{self.token(6)};padding:{rng.randint(0, 40)}px "
            f"{rng.randint(0, 9)}em;background:url(data:image/png;base64,{self.token(24)})}}"
            for _ in range(rng.randint(10, 70)))
        return f'<style type="text/css" id="{self.token(4)}">{rules}</style>\n'

    def paragraph(self):
        rng, parts = self.rng, []
        for _ in range(rng.randint(2, 5)):
            parts.append(self.sentence())
            if rng.random() < 0.3:
                parts.append(f'<a class="inline-link" href="/{"/".join(self.words(1, 2))}/{self.number()}.html" '
                             f'data-track="{self.token()}">{" ".join(self.words(1, 4))}</a>')
            if rng.random() < 0.2:
                parts.append(f"<em>{' '.join(self.words(1, 3))}</em> &amp; {rng.choice(WORDS)}&#39;s")
        return f'      <p class="article-body__text">{" ".join(parts)}</p>\n'

    def card(self):
        rng, slug, key = self.rng, "-".join(self.words(4, 9)), self.number()
        picture = f"https://images.cdn.example/uploads/2026/{rng.randint(1, 9):02}/{slug}-{key}"
        return (f'\n          <div class="card card--{rng.choice(KINDS)} layout__item layout__item--one-third u-margin-bottom">\n'
                f'            <div class="card__media">\n'
                f'              <a class="card__link" href="https://www.{rng.choice(WORDS)}-{rng.choice(WORDS)}.example/news/{slug}-{key}.html?itm_source=related&amp;itm_content={rng.choice(WORDS)}">'
                f'<img class="lazy card__image" alt="{" ".join(self.words(3, 8))}" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" '
                f'data-srcset="{picture}-320x180.webp 320w, {picture}-640x360.webp 640w, {picture}-1280x720.webp 1280w"></a>\n'
                f'            </div>\n            <div class="card__body">\n'
                f'              <span class="tag tag--{rng.choice(KINDS)}">{rng.choice(WORDS)}</span>\n\n'
                f'              <h3 class="card__title"><a href="/news/{slug}-{key}.html">{self.title()} {" ".join(self.words(4, 12))}</a></h3>\n'
                f'              <svg viewBox="0 0 24 24"><path d="M{rng.randint(1, 20)} 2l4 4-{self.token(30)}z"></path></svg>\n'
                f'              <!-- card {key} {rng.choice(WORDS)} -->\n'
                f'              <time datetime="2026-{rng.randint(1, 9):02}-{rng.randint(1, 28):02}">{rng.randint(2, 28)} days ago</time>'
                f' &middot; {rng.randint(2, 90)}&nbsp;min\n'
                f'            </div>\n          </div>\n')

    def comment(self):
        rng, key = self.rng, self.rng.randrange(10**5, 10**7)
        who = f"{rng.choice(NAMES)}_{rng.choice(WORDS)}{rng.randint(1, 99)}"
        return (f'      <li class="comment depth-{rng.randint(1, 3)}" id="comment-{key}"><article class="comment-body">\n'
                f'        <footer class="comment-meta"><div class="comment-author vcard"><img alt="" class="avatar" '
                f'src="https://cdn.example/avatar/{key}?s=48" height="48" width="48"><b class="fn">'
                f'<a href="/members/{who}" rel="external nofollow ugc" class="url">{who}</a></b></div>\n'
                f'        <div class="comment-metadata"><a href="#comment-{key}"><time datetime="2026-{rng.randint(1, 9):02}-'
                f'{rng.randint(1, 28):02}T1{rng.randint(0, 9)}:{rng.randint(10, 59)}:00+00:00">{rng.randint(1, 28)} March 2026</time></a></div></footer>\n'
                f'        <div class="comment-content"><p>{" ".join(self.sentence() for _ in range(rng.randint(1, 4)))}</p></div>\n'
                f'        <div class="reply"><a class="comment-reply-link" href="?replytocom={key}#respond" '
                f'data-commentid="{key}" aria-label="Reply to {who}">Reply</a></div></article></li>\n')

    def nav(self):
        def item(depth):
            text = " ".join(self.words(1, 2)).title()
            inner = ""
            if depth == 0 and self.rng.random() < 0.4:
                inner = '<ul class="sub-menu">' + "".join(item(1) for _ in range(5)) + "</ul>"
            return (f'<li class="menu-item menu-item-{self.token(4)} depth-{depth}"><a class="menu-link" '
                    f'href="/{text.lower().replace(" ", "-")}/" data-event="nav">{text}</a>{inner}</li>\n')
        return ('<nav class="site-nav" role="navigation" aria-label="Main"><ul class="menu">\n'
                + "".join(item(0) for _ in range(self.rng.randint(6, 14))) + "</ul></nav>\n")

    def footer(self):
        links = "".join(f'<li><a href="/{w}/" rel="nofollow">{w.title()}</a></li>' for w in self.words(10, 30))
        return (f'<footer class="site-footer"><ul>{links}</ul><!-- {self.token(60)} cached -->'
                f'<p>&copy; 2026 {self.title()}. All rights reserved.</p></footer>\n')


def fill(rng, pool, wanted):
    """Pieces of a pool, about `wanted` bytes of them."""
    pieces = []
    while True:
        piece = rng.choice(pool)
        if len(piece) > 2 * wanted:
            return pieces
        pieces.append(piece)
        wanted -= len(piece)


def mention(number):
    return MENTIONS[number % len(MENTIONS)].format(SCHOOL)


def make_page(shapes, rng, host, size, title, links, said):
    """One page of about `size` bytes; `said` is the sentence that it holds, if any."""
    head = [f'<!DOCTYPE html>\n<html lang="en-GB" class="no-js">\n<head>\n<meta charset="utf-8">\n'
            f'<title>{title} | {host["name"]}</title>\n<meta name="viewport" content="width=device-width">\n'
            f'<meta property="og:title" content="{title}">\n<meta property="og:site_name" content="{host["name"]}">\n'
            f'<meta name="description" content="{shapes.sentence()}">\n'
            f'<link rel="stylesheet" href="https://cdn.example/{shapes.token()}.css">\n']
    head += fill(rng, shapes.styles, size * STYLES)
    scripts = fill(rng, shapes.scripts, size * SCRIPTS)
    half = len(scripts) // 2
    body = ["</head>\n<body class=\"single post-template\">\n<div id=\"page\"><div class=\"wrap\">\n", host["nav"],
            f'<main id="main"><div class="layout"><article class="post"><h1 class="entry-title">{title}</h1>\n'
            f'<div class="byline">By <a rel="author" href="/authors/{host["key"]}">{host["author"]}</a> '
            f'<time datetime="2026-03-{rng.randint(1, 28):02}">March 2026</time></div>\n']
    left = size * (1 - STYLES - SCRIPTS) - len(host["nav"]) - len(host["footer"]) - 2000
    article = fill(rng, shapes.paragraphs, left * 0.07)
    remarks = fill(rng, shapes.comments, left * 0.18)
    cards = fill(rng, shapes.cards, left * 0.75)
    if said:
        paragraph = f'      <p class="article-body__text">{shapes.sentence()} {said}</p>\n'
        if rng.random() < 0.5:
            article.insert(rng.randint(0, len(article)), paragraph)
        else:
            remark = rng.choice(shapes.comments)
            at = remark.index("<p>") + 3
            remarks.insert(rng.randint(0, len(remarks)), f"{remark[:at]}{said} {remark[at:]}")
    if rng.random() < 0.01:
        article.append(f"      <p>{rng.choice(OTHERS)}</p>\n")
    body += article
    if links:
        body.append('<ul class="latest">\n')
        body += [f'  <li><a href="{path}">{text}</a></li>\n' for path, text in links]
        body.append("</ul>\n")
    body.append('</article><section class="comments"><ol class="comment-list">\n')
    body += remarks
    body.append('</ol></section></div><aside class="sidebar"><div class="grid">\n')
    body += cards
    body += ["</div></aside></main>\n", host["footer"], *scripts[half:], "</div></div>\n</body>\n</html>\n"]
    return "".join(head + scripts[:half] + body)


def make(folder, hosts, pages, mean, share):
    """Writes the web and returns its truth."""
    rng = random.Random(20261121)
    shapes = Shapes(rng)
    folder = pathlib.Path(folder)
    mu = math.log(mean) - SIGMA * SIGMA / 2
    every = max(1, round(1 / share)) if share > 0 else 0
    truth = {"school": SCHOOL, "town": "Quillbrook", "mentions": [], "complaints": []}
    count = 0
    for number in range(hosts):
        key = f"{rng.choice(NAMES)}-{rng.choice(WORDS)}-{number}"
        name = f"{key}.example" if number % 3 else f"news.{key}.example"
        host = {"key": key, "name": key.replace("-", " ").title(), "nav": rng.choice(shapes.navs),
                "footer": rng.choice(shapes.footers), "author": rng.choice(NAMES).title() + " Writer"}
        place = folder / name
        (place / "news").mkdir(parents=True, exist_ok=True)
        (place / "robots.txt").write_text("User-agent: *\nDisallow: /private/\nDisallow: /*?replytocom=\n")
        titles = [shapes.title() for _ in range(pages)]
        paths = ["/index.html"] + [f"/news/{t.lower().replace(' ', '-')}-{i}.html"
                                   for i, t in enumerate(titles) if i > 0]
        for index, (path, title) in enumerate(zip(paths, titles)):
            said = None
            if every and count % every == every // 2:
                which = len(truth["mentions"])
                said = mention(which)
                address = f"http://{name}{path}"
                truth["mentions"].append(address)
                if which % len(MENTIONS) == COMPLAINT:
                    truth["complaints"].append(address)
            count += 1
            size = min(max(rng.lognormvariate(mu, SIGMA), 12_000), 1_500_000)
            links = list(zip(paths[1:], titles[1:])) if index == 0 else []
            page = make_page(shapes, rng, host, size, title, links, said)
            (place / path[1:]).write_text(page, encoding="utf-8")
    (folder / "truth.json").write_text(json.dumps(truth, indent=1))
    return truth


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--hosts", type=int, default=1000)
    parser.add_argument("--pages", type=int, default=10, help="of each host")
    parser.add_argument("--mean", type=int, default=130_000, help="bytes of a page")
    parser.add_argument("--share", type=float, default=0.01, help="of the pages that name the school")
    arguments = parser.parse_args()
    make(arguments.folder, arguments.hosts, arguments.pages, arguments.mean, arguments.share)
