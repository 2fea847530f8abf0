"""The Scrapy side of benchmarks/crawl/run: fetches a list of pages, takes each page's text by XPath and
looks for the school's name in it. One process, run by `python3 spider.py PORT LIST NAME RESULT`.

Settings are those of Scrapy's own "Broad Crawls" page where they make it faster (host-aware queue, no
cookies, no retries, little log) and the same rules as schoolwatch's: robots.txt obeyed, no delay,
redirects and meta refresh not followed.
"""
import json
import re
import sys

import scrapy
from scrapy.crawler import CrawlerProcess
from twisted.internet import defer
from twisted.internet.interfaces import IResolverSimple
from zope.interface import implementer


@implementer(IResolverSimple)
class Loopback:
    """Every name leads to this machine."""

    def __init__(self, reactor=None, cache_size=0, timeout=0):
        self.reactor = reactor

    @classmethod
    def from_crawler(cls, crawler, reactor):
        return cls(reactor)

    def install_on_reactor(self):
        self.reactor.installResolver(self)

    def getHostByName(self, name, timeout=None):
        return defer.succeed("127.0.0.1")


class Pages(scrapy.Spider):
    name = "pages"

    def __init__(self, port, addresses, school, **kwargs):
        super().__init__(**kwargs)
        self.port, self.addresses = port, addresses
        self.wanted = re.compile(r"\b" + r"\s+".join(map(re.escape, school.split())) + r"\b", re.IGNORECASE)
        self.read, self.mentions = 0, []

    def start_requests(self):
        for address in self.addresses:
            scheme, rest = address.split("://", 1)
            host, _, path = rest.partition("/")
            yield scrapy.Request(f"{scheme}://{host}:{self.port}/{path}", dont_filter=True,
                                 cb_kwargs={"address": address})

    def parse(self, response, address):
        self.read += 1
        text = " ".join(response.xpath("//text()[not(parent::script or parent::style)]").getall())
        if self.wanted.search(text):
            self.mentions.append(address)


def main():
    port, listed, school, result = sys.argv[1:]
    with open(listed, encoding="utf-8") as lines:
        addresses = lines.read().split()
    process = CrawlerProcess({
        "AJAXCRAWL_ENABLED": False,
        "AUTOTHROTTLE_ENABLED": False,
        "CONCURRENT_REQUESTS": 64,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
        "COOKIES_ENABLED": False,
        "DNS_RESOLVER": Loopback,
        "DOWNLOAD_DELAY": 0,
        "LOG_LEVEL": "ERROR",
        "METAREFRESH_ENABLED": False,
        "REDIRECT_ENABLED": False,
        "REQUEST_FINGERPRINTER_IMPLEMENTATION": "2.7",
        "RETRY_ENABLED": False,
        "ROBOTSTXT_OBEY": True,
        "SCHEDULER_PRIORITY_QUEUE": "scrapy.pqueues.DownloaderAwarePriorityQueue",
        "TELNETCONSOLE_ENABLED": False,
    })
    crawler = process.create_crawler(Pages)
    process.crawl(crawler, port=port, addresses=addresses, school=school)
    process.start()
    with open(result, "w", encoding="utf-8") as out:
        json.dump({"read": crawler.spider.read, "mentions": sorted(crawler.spider.mentions)}, out)


if __name__ == "__main__":
    main()
